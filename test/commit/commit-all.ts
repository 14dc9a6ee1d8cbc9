import type { CommitStore } from '../../src/commit/attempt.ts'
import { createCommitter } from '../../src/commit/committer.ts'
import type { Outcome, Rejected } from '../../src/commit/outcome.ts'
import { Failure } from '../../src/failures.ts'
import type { Plan } from '../../src/plan.ts'

/** Make a committer with bounds that no test reaches. */
export const unbounded = (store: CommitStore) => ({
  store,
  lanes: 1,
  maxEvents: 1000,
  queueMaxEvents: 100_000,
  queueMaxBytes: 1_000_000_000,
  breakerFailures: 1000,
  breakerCooldownMs: 1,
  now: () => performance.now(),
  onCommit: () => undefined
})

/** Land these plans, which share a batch because they are submitted at once. */
export async function commitAll(
  store: CommitStore,
  plans: readonly Plan[],
  options: { readonly poison?: 'store' | 'reject'; readonly lanes?: number } = {}
): Promise<readonly Outcome<Rejected>[]> {
  const { poison = 'store', lanes = 1 } = options
  const committer = createCommitter({ ...unbounded(store), poison, lanes })
  const settled = await Promise.allSettled(plans.map((plan) => committer.submit(plan)))
  return settled.map((each) => (each.status === 'fulfilled' ? each.value : toFailure(each.reason)))
}

function toFailure(error: unknown) {
  if (error instanceof Failure) return error
  throw error
}

/** Name what became of each: its verdict, or the code of its failure. */
export const verdictsOf = (outcomes: readonly Outcome<Rejected>[]) =>
  outcomes.map((outcome) => {
    if (outcome instanceof Failure) return outcome.code
    return 'kind' in outcome ? outcome.reason.code : outcome.verdict
  })
