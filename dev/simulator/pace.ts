import type { Clock } from './clock.ts'

/** Decides when pushes go out. */
export interface Pace {
  /** Wait until the next message is due; resolves with that time if there is one. */
  turn(): Promise<number | undefined>
  /** Wait until a push may go out. */
  enter(): Promise<void>
  /** Record how a push was answered, and after how many milliseconds. */
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

/** Open loop: messages are due at a fixed rate per second, regardless of earlier answers. */
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

/** A semaphore whose limit may change. */
export interface Gate {
  /** Wait for room without taking it. */
  room(): Promise<void>
  /** Wait for room, first come first served, and take it. */
  enter(): Promise<void>
  /** Release the room. */
  leave(): void
}

export function createGate(limit: () => number): Gate {
  let inside = 0
  const waiting: { readonly takes: number; readonly resolve: () => void }[] = []

  function admit(): void {
    while (inside < limit()) {
      const next = waiting.shift()
      if (!next) return
      inside += next.takes
      next.resolve()
    }
  }

  function wait(takes: number): Promise<void> {
    return new Promise((resolve) => {
      waiting.push({ takes, resolve })
      admit()
    })
  }

  return {
    room: () => wait(0),
    enter: () => wait(1),
    leave() {
      inside -= 1
      admit()
    }
  }
}

/** How many pushes may be outstanding, as in a push subscription. */
export interface Window {
  size(): number
  /** Record how a push was answered, and after how many milliseconds. */
  answered(acknowledged: boolean, latencyMs: number): void
}

const firstSize = 4
const goodShare = 0.99
const goodLatencyMs = 1000

/**
 * Make a window with slow start: it begins in single digits, doubles after every round of as many
 * answers while more than 99 % acknowledge and take less than a second on average, up to `max`, and
 * is halved otherwise, down to 1. Pub/Sub reduces its window less, but from thousands
 * (https://cloud.google.com/pubsub/docs/push#delivery_rate).
 */
export function createWindow(max: number): Window {
  let size = Math.min(firstSize, max)
  let round = { answers: 0, acknowledged: 0, totalMs: 0 }

  function endRound(): void {
    const { answers, acknowledged, totalMs } = round
    const good = acknowledged / answers > goodShare && totalMs / answers < goodLatencyMs
    size = good ? Math.min(max, size * 2) : Math.max(1, Math.floor(size / 2))
    round = { answers: 0, acknowledged: 0, totalMs: 0 }
  }

  return {
    size: () => size,
    answered(acknowledged, latencyMs) {
      round.answers += 1
      round.acknowledged += Number(acknowledged)
      round.totalMs += latencyMs
      if (round.answers >= size) endRound()
    }
  }
}
