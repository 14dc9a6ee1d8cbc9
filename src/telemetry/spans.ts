import {
  type Attributes,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace
} from '@opentelemetry/api'
import type { CommitTracing } from '../commit/lane.ts'
import type { Delivery } from '../delivery/event.ts'
import type { Landed, Result } from '../ingest.ts'
import { traceContextOf } from './trace-context.ts'

/** Does nothing until an exporter is configured: see start-otlp.ts. */
const tracer = () => trace.getTracer('landfall')

/** Join repeated lines as Node does: two lines of `traceparent` are then invalid, as they must be. */
const lines: TextMapGetter<Delivery['headers']> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name]?.join(', ')
}

/** Run the work of one delivery as a span, in the trace of the request that brought it. */
export function deliverySpan<T>(headers: Delivery['headers'], work: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), headers, lines)
  return tracer().startActiveSpan('deliver', { kind: SpanKind.CONSUMER }, parent, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/**
 * Record the events and their verdicts on the span of the delivery, and link it to the spans that
 * created the events: by the `traceparent` in the event, not the one of the request
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md).
 */
export function describeDelivery(landed: readonly Landed[]): void {
  const span = trace.getActiveSpan()
  if (!span?.isRecording()) return
  span.addLinks(landed.flatMap(linkOf))
  const [only] = landed
  if (landed.length === 1 && only) span.setAttributes(attributesOf(only))
  else span.setAttribute('landfall.events', landed.length)
  if (landed.some(({ result }) => result.kind === 'refused' || result.kind === 'rejected')) {
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
}

function linkOf({ arrival }: Landed) {
  const traceparent = 'event' in arrival ? arrival.event['traceparent'] : undefined
  const made = typeof traceparent === 'string' ? traceContextOf({ traceparent }) : undefined
  if (!made) return []
  const { traceId, spanId, sampled } = made
  return [{ context: { traceId, spanId, traceFlags: Number(sampled), isRemote: true } }]
}

/** Names of https://opentelemetry.io/docs/specs/semconv/registry/attributes/cloudevents/. */
function attributesOf({ arrival: { provenance }, result }: Landed): Attributes {
  const { envelope, eventId, source, type } = provenance
  return {
    'landfall.envelope': envelope,
    ...(eventId !== undefined && { 'cloudevents.event_id': eventId }),
    ...(source !== undefined && { 'cloudevents.event_source': source }),
    ...(type !== undefined && { 'cloudevents.event_type': type }),
    ...outcomeOf(result)
  }
}

function outcomeOf(result: Result): Attributes {
  if (result.kind === 'refused') return { 'error.type': result.failure.code }
  if (result.kind === 'rejected') return { 'error.type': result.reason.code }
  return { 'landfall.verdict': result.kind === 'settled' ? result.verdict : result.kind }
}

/** A commit belongs to all deliveries that wait for it, so it is a trace of its own with links. */
export const commitTracing: CommitTracing = {
  origin: () => trace.getActiveSpan()?.spanContext(),
  commit(origins, work) {
    const unique = new Map(origins.map((origin) => [origin.spanId, { context: origin }]))
    const options = {
      root: true,
      links: [...unique.values()],
      attributes: { 'landfall.events': origins.length }
    }
    return tracer().startActiveSpan('commit', options, async (span) => {
      try {
        const sign = await work()
        if (sign.failure) {
          const { code } = sign.failure
          span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', code)
        }
        return sign
      } finally {
        span.end()
      }
    })
  }
}
