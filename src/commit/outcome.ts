import { Failure, isFailure, type Reason, type RetryFailure } from '../failures.ts'
import type { Verdict } from '../plan.ts'

/** What the sender of one event is told when its effect, or its dead letter, is committed. */
export interface Settled {
  readonly verdict: Verdict
  /** Token for reads that must see the effect; absent where nothing was committed. */
  readonly commitTimestamp?: string
  /** Why it was dead-lettered. */
  readonly reason?: Reason
  /** Events that shared the commit. */
  readonly batchSize: number
}

/** Poison that is not stored: only a committer made with `poison: 'reject'` has this outcome. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly reason: Reason
}

/**
 * What a commit comes to for one event. Without `Rejected` it is either stored or must be sent
 * again: there is no third way, so nothing that is not stored can be acknowledged.
 */
export type Outcome<R extends Rejected = never> = Settled | RetryFailure | R

/** What commits told of the store. Neither is known when all events of a batch went to quarantine. */
export interface StoreSign {
  /** It took a commit. */
  readonly works: boolean
  /** Why some events must be sent again though none of them is to blame. */
  readonly failure: RetryFailure | undefined
}

/** How poison is rejected; undefined where it is stored as a dead letter. */
export type Reject<R extends Rejected> = ((reason: Reason) => R) | undefined

/** Reject poison with its reason. */
export const reject = (reason: Reason): Rejected => ({ kind: 'rejected', reason })

/**
 * Turn an error that blames no event into what its senders are told. A store that refuses a dead
 * letter, or a commit that has nothing of an event in it, is at fault itself. An unexpected error is
 * a bug; its cause is kept for the log.
 */
export function toRetry(error: unknown): RetryFailure {
  if (isFailure(error, 'retry')) return error
  if (isFailure(error)) {
    const message = `the store refuses what has nothing of an event in it: ${error.message}`
    return new Failure('STORE_MISCONFIGURED', message, { cause: error })
  }
  return new Failure('INTERNAL', 'the commit failed unexpectedly', { cause: error })
}
