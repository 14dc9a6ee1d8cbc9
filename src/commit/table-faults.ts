import { Failure, type RetryFailure } from '../failures.ts'
import type { Plan, Write } from '../plan.ts'
import type { CommitStore } from './attempt.ts'
import { onePerTable, tryControl } from './control.ts'
import { toRetry } from './outcome.ts'

/** Why a plan cannot land in the tables as they are now; undefined where they are not the reason. */
export type FaultOf = (plan: Plan) => RetryFailure | undefined

/** What is found out about the tables of a batch while it is divided, each thing once. */
export interface TableFaults {
  /** Compare the live tables with what the plans were made for. */
  drift(): Promise<FaultOf>
  /** A commit of these plans succeeded. */
  landed(plans: readonly Plan[]): void
  /** Wait until commits have written to all tables of these plans. */
  written(plans: readonly Plan[]): Promise<void>
  /** Try to write the tables of these plans, except those that a commit has written already. */
  unwritable(plans: readonly Plan[]): Promise<FaultOf>
}

/**
 * Look for a fault in the tables before an event is suspected.
 *
 * @param plans those of the batch
 * @param limited runs a commit when one may be in flight
 */
export function createTableFaults(
  store: CommitStore,
  plans: readonly Plan[],
  limited: <T>(work: () => Promise<T>) => Promise<T>
): TableFaults {
  /** Tables that were written, or why they cannot be. */
  const tried = new Map<string, Promise<RetryFailure | undefined>>()
  let drift: Promise<FaultOf> | undefined
  const waiting = new Set<() => void>()

  function tryOnce(write: Write): Promise<RetryFailure | undefined> {
    const known = tried.get(write.table.name)
    const fault = known ?? limited(() => tryControl(store, [write]))
    tried.set(write.table.name, fault)
    return fault
  }

  return {
    drift() {
      drift ??= findDrift(store, plans).catch((error: unknown) => () => toRetry(error))
      return drift
    },
    landed(written) {
      for (const { table } of writesOf(written)) tried.set(table.name, Promise.resolve(undefined))
      for (const check of waiting) check()
    },
    written(awaited) {
      const names = writesOf(awaited).map(({ table }) => table.name)
      return new Promise((resolve) => {
        const check = () => {
          if (names.every((name) => tried.has(name))) resolve()
        }
        waiting.add(check)
        check()
      })
    },
    async unwritable(suspected) {
      const writes = onePerTable(writesOf(suspected))
      const found = await Promise.all(
        writes.map(async (write) => [write.table.name, await tryOnce(write)] as const)
      )
      const faults = new Map(found)
      return ({ writes: asked }) =>
        asked.map(({ table }) => faults.get(table.name)).find((fault) => fault !== undefined)
    }
  }
}

async function findDrift(store: CommitStore, plans: readonly Plan[]): Promise<FaultOf> {
  const tables = onePerTable(writesOf(plans)).map(({ table }) => table)
  const mismatches = await store.verify(tables)
  return ({ writes }) => {
    const names = writes.map(({ table }) => table.name)
    const found = mismatches.filter(({ table }) => names.includes(table))
    if (found.length === 0) return undefined
    const message = found.map((mismatch) => mismatch.message).join('; ')
    return new Failure('STORE_MISCONFIGURED', message)
  }
}

const writesOf = (plans: readonly Plan[]) => plans.flatMap(({ writes }) => writes)
