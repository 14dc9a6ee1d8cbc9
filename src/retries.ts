import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from './delivery/event.ts'
import { type Failure, isFailure, type Reason } from './failures.ts'
import type { Ingest, Result } from './ingest.ts'
import { type Verdict, verdicts } from './plan.ts'

/** How to retry while the store fails. */
export interface RetryPolicy {
  /** Milliseconds before each retry. */
  readonly pausesMs: readonly number[]
  /** Called before each pause. */
  readonly onPause: (failure: Failure, pauseMs: number) => void
  /** Ends the retries: the failure is then final. */
  readonly signal: AbortSignal
}

/** Half a minute in all: enough for an instance that restarts, not for an outage. */
export const retryPausesMs = [250, 500, 1000, 2000, 4000, 8000, 16_000]

/**
 * Do work, and repeat it after a pause while the failure is transient. Safe for all work here: an
 * event has its effect once, however often it is landed.
 *
 * @throws what the last attempt threw
 */
export async function withRetries<T>(work: () => Promise<T>, retries: RetryPolicy): Promise<T> {
  for (const pauseMs of retries.pausesMs) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || retries.signal.aborted) throw error
      retries.onPause(error, pauseMs)
      await sleep(pauseMs, undefined, { signal: retries.signal }).catch(() => undefined)
    }
  }
  return work()
}

/** A bug or a missing table does not go away while waiting. */
function isTransient(error: unknown): error is Failure {
  if (!isFailure(error, 'retry')) return false
  return error.code !== 'INTERNAL' && error.code !== 'STORE_MISCONFIGURED'
}

/** The result of one delivery. */
export interface DeliveryOutcome {
  readonly verdict: Verdict
  /** Why it was dead-lettered, or stays so. */
  readonly reason?: Reason
}

/** For several events, the first of these verdicts is reported. */
const byWeight: readonly Verdict[] = ['dead-lettered', ...verdicts]

/**
 * Land one delivery. An event that cannot land is an outcome: stored, or rejected by an ingest that
 * does not store poison.
 *
 * @throws {Failure} with the action `retry`: nothing is known to be committed
 */
export async function landDelivery(ingest: Ingest, delivery: Delivery): Promise<DeliveryOutcome> {
  const landed = await ingest.land(delivery)
  return ofSeveral(landed.map(({ result }) => toOutcome(result)))
}

/** Return what landing one delivery would do, and write nothing. @throws {Failure} with the action `retry` */
export async function dryRunDelivery(ingest: Ingest, delivery: Delivery): Promise<DeliveryOutcome> {
  return ofSeveral(await ingest.dryRun(delivery))
}

function toOutcome(result: Result): DeliveryOutcome {
  if (result.kind === 'settled') return result
  if (result.kind === 'ignored') return { verdict: 'ignored' }
  if (result.kind === 'rejected') return { verdict: 'dead-lettered', reason: result.reason }
  throw result.failure
}

function ofSeveral(outcomes: readonly DeliveryOutcome[]): DeliveryOutcome {
  const found = byWeight.flatMap((verdict) => outcomes.filter((each) => each.verdict === verdict))
  const [{ verdict, reason } = { verdict: 'ignored' as const, reason: undefined }] = found
  return { verdict, ...(reason && { reason }) }
}
