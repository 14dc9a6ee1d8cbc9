import { deadLetterReason, type Plan } from '../plan.ts'
import type { CurrentRows, Store } from '../store/store.ts'
import { type Decided, decide, guardsOf } from './decide.ts'

/** What would become of one plan. */
export type DryRunResult = Decided

/** Plans that are decided together, as in one commit. */
const together = 500

/**
 * Return what would become of these plans, in this order, if they were committed now. The decision
 * is made in a transaction that writes nothing, so what only the store itself would refuse is not
 * seen.
 *
 * @throws {Failure} of a `STORE_…` code
 */
export async function dryRun(
  store: Pick<Store, 'commit'>,
  plans: readonly Plan[]
): Promise<readonly DryRunResult[]> {
  const results: DryRunResult[] = []
  for (let start = 0; start < plans.length; start += together) {
    results.push(...(await dryRunTogether(store, plans.slice(start, start + together))))
  }
  return results
}

async function dryRunTogether(
  store: Pick<Store, 'commit'>,
  plans: readonly Plan[]
): Promise<readonly DryRunResult[]> {
  const guards = guardsOf(plans.filter((plan) => !deadLetterReason(plan)))
  if (guards.length === 0) return decideAll({ get: () => undefined }, plans)
  const { result } = await store.commit(guards, (current) => ({
    mutations: [],
    result: decideAll(current, plans)
  }))
  return result
}

/** A plan that cannot be applied to the rows becomes a dead letter, and the others are as before. */
function decideAll(current: CurrentRows, plans: readonly Plan[]): readonly DryRunResult[] {
  return decide(current, plans, new Set(plans.keys())).result
}
