import { setTimeout as sleep } from 'node:timers/promises'
import { type Failure, isFailure } from '../failures.ts'

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
