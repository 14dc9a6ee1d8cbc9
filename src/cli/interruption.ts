import { type Patience, patientPausesMs } from '../retries.ts'
import type { Surroundings } from './command.ts'

/** The exit code of a command that was interrupted and has said how far it came. */
export const interrupted = 130

/**
 * Do work that ends early, and in order, on the first SIGINT or SIGTERM; the second ends the process.
 * The work gets its signal and waits out a store in trouble, saying so.
 */
export async function interruptible<T>(
  { printError }: Surroundings,
  work: (patience: Patience) => Promise<T>
): Promise<T> {
  const controller = new AbortController()
  let lastPauseMs = 0
  const interrupt = () => controller.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await work({
      pausesMs: patientPausesMs,
      signal: controller.signal,
      onPause({ code, message }, pauseMs) {
        // Everything that is in flight pauses together.
        if (pauseMs !== lastPauseMs) {
          printError(`${code}: ${message}; trying again in ${pauseMs} ms`)
        }
        lastPauseMs = pauseMs
      }
    })
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
