import { removeLocalState, writeLocalState } from './local-state.ts'
import { type Local, type LocalOptions, type Part, startLocal } from './start-local.ts'

export interface RunLocalOptions extends LocalOptions {
  /** Called when events can be published. */
  readonly onReady: (local: Local) => void
}

/**
 * Start the emulators and the service, keep them until the signal, and stop what was started: also
 * when the start fails halfway, or one of them ends early.
 *
 * @throws {Complaint} what did not start or ended early
 */
export async function runLocal(options: RunLocalOptions): Promise<void> {
  const parts: Part[] = []
  try {
    const local = await startLocal(options, parts)
    await writeLocalState(local)
    try {
      options.onReady(local)
      await Promise.race([aborted(options.signal), ...parts.map(({ died }) => died)])
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
