import { setTimeout } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'

/** A read-write transaction, as the locks know it. */
export interface Holder {
  /** The place in the queue: the older transaction has the smaller number. */
  readonly age: number
  /** Milliseconds since 1970 of its last call. */
  usedAt: number
  /** `committing` has all its locks and can't be aborted any more. */
  state: 'open' | 'committing' | 'over'
}

export interface Locks {
  /** Lock rows for a transaction until it is released. @throws a refusal, ABORTED */
  lock(holder: Holder, rows: Iterable<string>, mode: 'shared' | 'exclusive'): Promise<void>
  /** End a transaction and free the rows that it has locked. */
  release(holder: Holder): void
}

/** https://cloud.google.com/spanner/docs/transactions#idle_transactions */
const idleMs = 10_000

/**
 * Locks of rows, as Spanner's pessimistic transactions take them: a read shares a row, a commit has
 * its rows for itself. Where two transactions want one row, the older one aborts the younger one, and
 * the younger one waits for the older one, so that no two wait for each other ("wound-wait",
 * https://cloud.google.com/spanner/docs/whitepapers/life-of-reads-and-writes). A transaction that has
 * been idle for ten seconds is aborted by any other. Spanner locks cells and ranges; the model whole
 * rows, also those that aren't there yet.
 */
export function createLocks(): Locks {
  const owners = new Map<string, Map<Holder, 'shared' | 'exclusive'>>()
  const held = new Map<Holder, Set<string>>()
  let freed = Promise.withResolvers<void>()

  function release(holder: Holder): void {
    holder.state = 'over'
    for (const row of held.get(holder) ?? []) {
      const others = owners.get(row)
      others?.delete(holder)
      if (others?.size === 0) owners.delete(row)
    }
    held.delete(holder)
    freed.resolve()
    freed = Promise.withResolvers()
  }

  function inTheWay(holder: Holder, row: string, mode: 'shared' | 'exclusive'): Holder[] {
    const all = [...(owners.get(row) ?? [])]
    return all
      .filter(([other, has]) => other !== holder && (mode === 'exclusive' || has === 'exclusive'))
      .map(([other]) => other)
  }

  function granted(holder: Holder, row: string, mode: 'shared' | 'exclusive'): boolean {
    if (holder.state !== 'open') throw aborted()
    for (const other of inTheWay(holder, row, mode)) if (yields(other, holder)) release(other)
    if (inTheWay(holder, row, mode).length > 0) return false
    const own = owners.get(row)?.get(holder) === 'exclusive' ? 'exclusive' : mode
    owners.set(row, (owners.get(row) ?? new Map()).set(holder, own))
    held.set(holder, (held.get(holder) ?? new Set()).add(row))
    return true
  }

  return {
    release,
    async lock(holder, rows, mode) {
      for (const row of rows) {
        while (!granted(holder, row, mode)) {
          await Promise.race([freed.promise, setTimeout(1000, undefined, { ref: false })])
        }
      }
    }
  }
}

function yields(other: Holder, holder: Holder): boolean {
  if (other.state !== 'open') return false
  return other.age > holder.age || Date.now() - other.usedAt > idleMs
}

export const aborted = () => refusal(status.ABORTED, 'Transaction was aborted.')
