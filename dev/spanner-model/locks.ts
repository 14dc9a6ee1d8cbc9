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

type Mode = 'shared' | 'exclusive'

export interface Locks {
  /** Lock rows for a transaction until it is released. @throws a refusal, ABORTED */
  lock(holder: Holder, rows: Iterable<string>, mode: Mode): Promise<void>
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
  const owners = new Map<string, Map<Holder, Mode>>()
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

  function inTheWay(holder: Holder, row: string, mode: Mode): readonly Holder[] {
    return [...(owners.get(row) ?? [])]
      .filter(([other, has]) => other !== holder && (mode === 'exclusive' || has === 'exclusive'))
      .map(([other]) => other)
  }

  function take(holder: Holder, row: string, mode: Mode): void {
    const ofRow = owners.get(row) ?? new Map<Holder, Mode>()
    if (ofRow.get(holder) !== 'exclusive') ofRow.set(holder, mode)
    owners.set(row, ofRow)
    held.set(holder, (held.get(holder) ?? new Set()).add(row))
  }

  /** Lock a row if no transaction is in the way that must be waited for. */
  function tryLock(holder: Holder, row: string, mode: Mode): boolean {
    const others = inTheWay(holder, row, mode)
    const waitedFor = others.filter((other) => !yields(other, holder))
    for (const other of others) if (yields(other, holder)) release(other)
    if (waitedFor.length > 0) return false
    take(holder, row, mode)
    return true
  }

  return {
    release,
    async lock(holder, rows, mode) {
      checkOpen(holder)
      for (const row of rows) {
        while (!tryLock(holder, row, mode)) {
          await Promise.race([freed.promise, setTimeout(1000, undefined, { ref: false })])
          checkOpen(holder)
        }
      }
    }
  }
}

function yields(other: Holder, holder: Holder): boolean {
  if (other.state !== 'open') return false
  return other.age > holder.age || Date.now() - other.usedAt > idleMs
}

function checkOpen({ state }: Holder): void {
  if (state !== 'open') throw refusal(status.ABORTED, 'Transaction was aborted.')
}
