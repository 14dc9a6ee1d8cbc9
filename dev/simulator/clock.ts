import { setImmediate, setTimeout } from 'node:timers/promises'

/** The clock of the simulator. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Waits at least one turn of the event loop, so that answers can arrive. */
  sleep(ms: number): Promise<void>
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => (ms > 0 ? setTimeout(ms) : setImmediate())
}
