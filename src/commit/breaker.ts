export const breakerStates = ['closed', 'open', 'probing'] as const

export type BreakerState = (typeof breakerStates)[number]

export interface Breaker {
  readonly state: BreakerState
  /** Ask to go on. While open, one caller at a time is let through as the probe. */
  admits(): boolean
  succeeded(): void
  failed(): void
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number
  /** Milliseconds of work without a success after which one failure opens it. */
  readonly failingMs: number
  /** Milliseconds between two probes. */
  readonly cooldownMs: number
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

/** Stop sending to a store that is down, and let single probes find out when it is back. */
export function createBreaker({ failures, failingMs, cooldownMs, now }: BreakerOptions): Breaker {
  let inARow = 0
  /** When the first caller since the last success was admitted. */
  let workingSince: number | undefined
  let state: BreakerState = 'closed'
  let probeAt = 0
  return {
    get state() {
      return state
    },
    admits() {
      workingSince ??= now()
      if (state === 'closed') return true
      // A probe that never reports back, such as a delivery refused elsewhere, must not keep it open.
      if (now() < probeAt) return false
      state = 'probing'
      probeAt = now() + cooldownMs
      return true
    },
    succeeded() {
      inARow = 0
      workingSince = undefined
      state = 'closed'
    },
    failed() {
      inARow += 1
      const workedMs = now() - (workingSince ?? now())
      if (inARow < failures && workedMs < failingMs) return
      state = 'open'
      probeAt = now() + cooldownMs
    }
  }
}
