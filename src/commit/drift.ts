import { Failure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import type { Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'

/** Why a plan cannot land in the live tables; undefined where they are not the reason. */
export type Drift = (plan: Plan) => Failure | undefined

/**
 * Compare the live tables that these plans touch with what the plans were made for.
 *
 * @throws {Failure} what the store says when it cannot be asked
 */
export async function findDrift(store: Store, plans: readonly Plan[]): Promise<Drift> {
  const mismatches = await store.verify([...new Set(plans.flatMap(tablesOf))])
  return (plan) => {
    const names = tablesOf(plan).map(({ name }) => name)
    const found = mismatches.filter(({ table }) => names.includes(table))
    if (found.length === 0) return undefined
    const message = found.map((mismatch) => mismatch.message).join('; ')
    return new Failure('STORE_MISCONFIGURED', message)
  }
}

const tablesOf = ({ writes }: Plan): readonly Table[] => writes.map(({ table }) => table)
