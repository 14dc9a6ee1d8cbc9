import type { Reason } from '../failures.ts'
import { deadLetterPlan, deadLetterReason, type Plan, type Verdict } from '../plan.ts'
import type { CurrentRows, Store } from '../store/store.ts'
import { at } from './at.ts'
import { decide, guardsOf, PlansRefused } from './decide.ts'

/** What would become of one plan. */
export interface DryRunResult {
  readonly verdict: Verdict
  /** Why it would be dead-lettered. */
  readonly reason?: Reason
}

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
  try {
    const { result } = decide(current, plans)
    return plans.map((plan, i) => {
      const reason = deadLetterReason(plan)
      return { verdict: at(result, i), ...(reason && { reason }) }
    })
  } catch (error) {
    if (!(error instanceof PlansRefused)) throw error
    const { reasons } = error
    const others = plans.map((plan, i) => {
      const reason = reasons.get(i)
      return reason ? deadLetterPlan(plan.provenance, reason) : plan
    })
    return decideAll(current, others)
  }
}
