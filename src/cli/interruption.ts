import { type RetryPolicy, retryPausesMs } from '../retries.ts'
import type { Surroundings } from './command.ts'

/** The exit code of a command that was interrupted and has said how far it came. */
export const interrupted = 130

/**
 * Do work that ends early, and in order, on the first SIGINT or SIGTERM; the second ends the process.
 * The work gets the signal and retries while the store is in trouble; each pause is reported.
 */
export async function interruptible<T>(
  { printError }: Surroundings,
  work: (retries: RetryPolicy) => Promise<T>
): Promise<T> {
  const controller = new AbortController()
  let lastPauseMs = 0
  const interrupt = () => controller.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await work({
      pausesMs: retryPausesMs,
      signal: controller.signal,
      onPause({ code, message }, pauseMs) {
        // All work in flight pauses together.
        if (pauseMs !== lastPauseMs) {
          printError(`${code}: ${message}; retrying in ${pauseMs} ms`)
        }
        lastPauseMs = pauseMs
      }
    })
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
