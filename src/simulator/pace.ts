import type { Clock } from './clock.ts'
import { createGate } from './gate.ts'
import { createWindow } from './window.ts'

/** Decides when pushes go out. */
export interface Pace {
  /** Wait until the next message is due; resolves with that time where there is one. */
  turn(): Promise<number | undefined>
  /** Wait until a push may go out. */
  enter(): Promise<void>
  /** Tell how a push was answered, and after how many milliseconds. */
  leave(acknowledged: boolean, latencyMs: number): void
}

/** Closed loop, as Pub/Sub does it: a push goes out when the window of slow start has room. */
export function withinWindow(concurrency: number): Pace {
  const window = createWindow(concurrency)
  const gate = createGate(window.size)
  return {
    async turn() {
      await gate.room()
      return undefined
    },
    enter: gate.enter,
    leave(acknowledged, latencyMs) {
      window.answered(acknowledged, latencyMs)
      gate.leave()
    }
  }
}

/** Open loop: messages are due at a fixed rate per second, whatever became of those before. */
export function atRate(rate: number, clock: Clock): Pace {
  const startedAt = clock.now()
  let turns = 0
  return {
    async turn() {
      const dueAt = startedAt + (turns * 1000) / rate
      turns += 1
      await clock.sleep(dueAt - clock.now())
      return dueAt
    },
    enter: async () => undefined,
    leave: () => undefined
  }
}
