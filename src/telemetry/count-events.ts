import type { Arrival } from '../delivery/decode.ts'
import { isFailure } from '../failures.ts'
import type { Landed, Result } from '../ingest.ts'
import type { Metrics } from './metrics.ts'

/**
 * Make the function that counts the events of a delivery, and how late they were when they first had
 * their effect: a duplicate was counted then, and one that is sent back will be.
 *
 * @param eventTypes the types of the contracts; any other is counted as `other`, because a sender
 *   must not be able to make a time series
 */
export function countEvents(metrics: Metrics, eventTypes: readonly string[]) {
  const known = new Set(eventTypes)
  const labelOf = (type = 'other') => (known.has(type) ? type : 'other')
  return (landed: readonly Landed[], nowMs: number): void => {
    for (const { arrival, result } of landed) {
      const type = labelOf(arrival.provenance.type)
      const verdict = verdictOf(result)
      metrics.events.inc({ type, verdict })
      if (result.kind === 'settled' && result.reason) {
        metrics.deadLetters.inc({ reason: result.reason.code })
      }
      if (firstSettled.has(verdict)) observeLag(metrics, arrival, type, nowMs)
    }
  }
}

const firstSettled: ReadonlySet<string> = new Set(['applied', 'stale', 'ignored', 'dead-lettered'])

function verdictOf(result: Result) {
  if (result.kind === 'settled') return result.verdict
  if (result.kind === 'ignored') return result.kind
  return isFailure(result.failure, 'dead-letter') ? 'rejected' : 'retry'
}

function observeLag(
  { eventLag, publishLag }: Metrics,
  arrival: Arrival,
  type: string,
  nowMs: number
): void {
  const time = 'event' in arrival ? arrival.event.time : undefined
  const sinceEvent = secondsSince(time, nowMs)
  const sincePublish = secondsSince(arrival.provenance.metadata.publishTime, nowMs)
  if (sinceEvent !== undefined) eventLag.observe({ type }, sinceEvent)
  if (sincePublish !== undefined) publishLag.observe(sincePublish)
}

/** Undefined without a time, and for a leap second, which `Date` does not know. */
function secondsSince(time: string | undefined, nowMs: number): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time)
  // A clock ahead of ours has made an event that is not late.
  return Number.isNaN(ms) ? undefined : Math.max(0, nowMs - ms) / 1000
}
