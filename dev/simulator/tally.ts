import { type EventOutcome, readOutcomes } from './outcomes.ts'
import type { Push } from './pushes.ts'
import type { Simulated } from './simulate.ts'

/** A run in numbers. */
export interface Tally {
  /** Different requests; each is pushed until it is acknowledged. */
  readonly messages: number
  /** Events in them, repetitions included: the verdicts and `neverAcknowledged` add up to it. */
  readonly sent: number
  /** Events by verdict; `none` when an acknowledgment had none. */
  readonly verdicts: Readonly<Record<string, number>>
  /** Events whose message was given up. */
  readonly neverAcknowledged: number
  readonly redeliveries: number
  /** Attempts that were not acknowledged, by status or by what went wrong. */
  readonly failures: Readonly<Record<string, number>>
  /** Of messages, until they were acknowledged. */
  readonly latencyMs: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>
  readonly elapsedMs: number
  /** Acknowledged ones. */
  readonly eventsPerSecond: number
}

export const verdicts = ['applied', 'duplicate', 'stale', 'ignored', 'dead-lettered'] as const

/** Count the results of the pushes of a script. */
export function tally({ pushed, elapsedMs }: Simulated<Push>): Tally {
  const outcomes = readOutcomes(pushed)
  const acknowledged = outcomes.filter((outcome) => outcome.acknowledged)
  const failures = pushed.flatMap((one) => one.failures)
  const givenUp = pushed.filter((one) => !one.acknowledged)
  const latencies = pushed.filter((one) => one.acknowledged).map(({ latencyMs }) => latencyMs)
  return {
    messages: pushed.length,
    sent: outcomes.length,
    verdicts: countVerdicts(acknowledged),
    neverAcknowledged: outcomes.length - acknowledged.length,
    redeliveries: failures.length - givenUp.length,
    failures: count(failures),
    latencyMs: percentiles(latencies),
    elapsedMs: tenths(elapsedMs),
    eventsPerSecond: elapsedMs > 0 ? Math.round((acknowledged.length * 1000) / elapsedMs) : 0
  }
}

function countVerdicts(outcomes: readonly EventOutcome[]): Readonly<Record<string, number>> {
  const none = Object.fromEntries(verdicts.map((verdict) => [verdict, 0]))
  return { ...none, ...count(outcomes.map(({ verdict = 'none' }) => verdict)) }
}

function count(names: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(names, (name) => name)
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.length]))
}

function percentiles(unsorted: readonly number[]): Tally['latencyMs'] {
  const sorted = unsorted.toSorted((a, b) => a - b)
  const at = (share: number) => tenths(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

const tenths = (ms: number) => Math.round(ms * 10) / 10
