/** Take one token at a time in monotonic milliseconds; false when there is none. */
export type TokenBucket = (nowMs: number) => boolean

/** Allow this many a minute: all of them at once, then each when its share of the minute passed. */
export function createTokenBucket(perMinute: number): TokenBucket {
  let tokens = perMinute
  let filledAt = Number.NEGATIVE_INFINITY
  return (nowMs) => {
    tokens = Math.min(perMinute, tokens + ((nowMs - filledAt) * perMinute) / 60_000)
    filledAt = nowMs
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
