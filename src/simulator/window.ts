/** How many pushes may be outstanding, as a push subscription decides it. */
export interface Window {
  size(): number
  /** Tell how a push was answered, and after how many milliseconds. */
  answered(acknowledged: boolean, latencyMs: number): void
}

const firstSize = 4
const goodShare = 0.99
const goodLatencyMs = 1000

/**
 * Make a window with slow start: it begins in single digits, doubles after every round of as many
 * answers while more than 99 % acknowledge and take less than a second on average, up to `max`, and
 * is halved otherwise, down to 1. Pub/Sub falls back less far, but starts from thousands
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
