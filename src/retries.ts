import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from './delivery/event.ts'
import { type Failure, isFailure, type Reason, reasonOf } from './failures.ts'
import type { Ingest, Result } from './ingest.ts'
import { type Verdict, verdicts } from './plan.ts'

/** How long to keep trying while the store is in trouble. */
export interface Patience {
  /** Milliseconds before each further try. */
  readonly pausesMs: readonly number[]
  /** Told before each pause. */
  readonly onPause: (failure: Failure, pauseMs: number) => void
  /** Ends the waiting: the failure is then final. */
  readonly signal: AbortSignal
}

/** Half a minute in all: an instance that restarts is waited for, an outage is not. */
export const patientPausesMs = [250, 500, 1000, 2000, 4000, 8000, 16_000]

/**
 * Do work, and again after a pause while it says that nothing is wrong but the moment. Safe for
 * everything here: an event has its effect once however often it is landed.
 *
 * @throws whatever the last try threw
 */
export async function patiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  for (const pauseMs of patience.pausesMs) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || patience.signal.aborted) throw error
      patience.onPause(error, pauseMs)
      await sleep(pauseMs, undefined, { signal: patience.signal }).catch(() => undefined)
    }
  }
  return work()
}

/** A bug and a missing table do not go away by waiting. */
function isPassing(error: unknown): error is Failure {
  if (!isFailure(error, 'retry')) return false
  return error.code !== 'INTERNAL' && error.code !== 'STORE_MISCONFIGURED'
}

/** What became of one delivery. */
export interface Outcome {
  readonly verdict: Verdict
  /** Why it was dead-lettered, or stays so. */
  readonly reason?: Reason
}

/** Of several events the first of these is told. */
const mostTelling: readonly Verdict[] = ['dead-lettered', ...verdicts]

/**
 * Land one delivery. Whether its poison is stored or refused, it is an outcome.
 *
 * @throws {Failure} with the action `retry`: nothing is known to be committed
 */
export async function landDelivery(ingest: Ingest, delivery: Delivery): Promise<Outcome> {
  const landed = await ingest.land(delivery)
  return ofSeveral(landed.map(({ result }) => toOutcome(result)))
}

/** Say what would become of one delivery. @throws {Failure} with the action `retry` */
export async function dryRunDelivery(ingest: Ingest, delivery: Delivery): Promise<Outcome> {
  return ofSeveral(await ingest.dryRun(delivery))
}

function toOutcome(result: Result): Outcome {
  if (result.kind === 'settled') return result
  if (result.kind === 'ignored') return { verdict: 'ignored' }
  if (!isFailure(result.failure, 'dead-letter')) throw result.failure
  return { verdict: 'dead-lettered', reason: reasonOf(result.failure) }
}

function ofSeveral(outcomes: readonly Outcome[]): Outcome {
  const found = mostTelling.flatMap((verdict) =>
    outcomes.filter((each) => each.verdict === verdict)
  )
  const [{ verdict, reason } = { verdict: 'ignored' as const, reason: undefined }] = found
  return { verdict, ...(reason && { reason }) }
}
