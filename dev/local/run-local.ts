import { localError } from './local-error.ts'
import { removeLocalState, writeLocalState } from './local-state.ts'
import { type Local, type LocalOptions, type Part, startLocal } from './start-local.ts'

export interface RunLocalOptions extends LocalOptions {
  /** Told when events can be published. */
  readonly onReady: (local: Local) => void
}

/**
 * Start the emulators and the service, keep them until the signal, and stop what was started: also
 * when the start fails half-way, and when one of them ends by itself.
 *
 * @throws {Error} one line that says what did not start or stay
 */
export async function runLocal(options: RunLocalOptions): Promise<void> {
  const parts: Part[] = []
  try {
    const local = await startLocal(options, parts)
    await writeLocalState(local)
    try {
      options.onReady(local)
      await Promise.race([aborted(options.signal), ...parts.map(ended)])
    } finally {
      await removeLocalState()
    }
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    for (const part of parts.reverse()) await part.stop()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

async function ended({ name, ended: end }: Part): Promise<never> {
  const how = await end
  throw localError(`The ${name} ended, with ${how}`)
}
