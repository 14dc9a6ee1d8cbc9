import { setImmediate, setTimeout } from 'node:timers/promises'

/** Time, as far as the simulator has to do with it. */
export interface Clock {
  /** Milliseconds from some moment on; never goes back. */
  now(): number
  /** Waits a turn of the event loop at least, so that answers are seen. */
  sleep(ms: number): Promise<void>
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => (ms > 0 ? setTimeout(ms) : setImmediate())
}
