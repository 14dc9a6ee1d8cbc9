import type { Arrival } from '../delivery/decode.ts'
import type { Landed, Result } from '../ingest.ts'
import type { Metrics } from './metrics.ts'

/**
 * Create the function that counts the events of a delivery and observes the lag of each event once,
 * when it is first settled: not for a duplicate, and not before a retry.
 *
 * @param eventTypes the types of the contracts; any other is counted as `other`, so that a sender
 *   cannot create time series
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
  return result.kind === 'refused' ? 'retry' : result.kind
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

/** Undefined without a time, and for a leap second, which `Date` cannot parse. */
function secondsSince(time: string | undefined, nowMs: number): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time)
  // The sender's clock may be ahead of ours; such an event is not late.
  return Number.isNaN(ms) ? undefined : Math.max(0, nowMs - ms) / 1000
}
