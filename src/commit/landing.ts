import { Failure, type FailureCode, isFailure } from '../failures.ts'
import type { Plan, Reason, Verdict } from '../plan.ts'
import type { Store } from '../store/store.ts'
import { decide, guardsOf } from './decide.ts'
import type { Drift } from './drift.ts'

/** What a sender is told of one event. */
export interface Settled {
  readonly verdict: Verdict
  /** Token for reads that must see the effect; absent where nothing was committed. */
  readonly commitTimestamp?: string
  /** Why it was dead-lettered. */
  readonly reason?: Reason
  /** Events that shared the commit. */
  readonly batchSize: number
}

/** Settled, or the failure that the sender must be told; one for each plan, in its order. */
export type Outcome = Settled | Failure

/** A plan of the batch, and what became of it once that is known. */
export interface Item {
  plan: Plan
  outcome?: Outcome
}

/** The state of landing one batch. */
export interface Landing {
  readonly store: Store
  readonly poison: 'store' | 'reject'
  /** Plans that failed alone, which may be their fault or the store's. */
  readonly suspects: Item[]
  /** Failures of single plans that the store did not explain. */
  unexplained: number
  committed: boolean
  /** What the live tables say, asked once. */
  drift?: Promise<Drift>
}

/** Commit these, once more after an internal error; what went wrong is returned, not thrown. */
export async function attempt(landing: Landing, items: readonly Item[]): Promise<unknown> {
  const failure = await commit(landing, items)
  return is(failure, 'STORE_INTERNAL') ? commit(landing, items) : failure
}

async function commit(landing: Landing, items: readonly Item[]): Promise<unknown> {
  const plans = items.map((item) => item.plan)
  try {
    const { result, commitTimestamp } = await landing.store.commit(guardsOf(plans), (current) =>
      decide(current, plans)
    )
    for (const [i, verdict] of result.entries()) {
      const item = items[i]
      if (item) item.outcome = settled(item.plan, verdict, commitTimestamp, items.length)
    }
    landing.committed = true
    return undefined
  } catch (error) {
    return error
  }
}

function settled(
  { reason }: Plan,
  verdict: Verdict,
  commitTimestamp: string,
  batchSize: number
): Settled {
  return { verdict, commitTimestamp, batchSize, ...(reason && { reason }) }
}

/** Tell all of them what went wrong. */
export function fail(items: readonly Item[], error: unknown): void {
  for (const item of items) item.outcome = toFailure(error)
}

/** An error that nobody foresaw is a bug; its cause is kept for the log. */
export function toFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  return new Failure('INTERNAL', 'the commit failed unexpectedly', { cause: error })
}

/** Is it a failure with one of these codes? */
export function is(failure: unknown, ...codes: readonly FailureCode[]): failure is Failure {
  return isFailure(failure) && codes.includes(failure.code)
}
