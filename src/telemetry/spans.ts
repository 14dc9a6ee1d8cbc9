import {
  type Attributes,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace
} from '@opentelemetry/api'
import type { CommitTracing } from '../commit/lane.ts'
import { Failure } from '../failures.ts'
import type { Landed } from '../ingest.ts'
import { traceContextOf } from './trace-context.ts'

/** Does nothing until an exporter is configured: see start-otlp.ts. */
const tracer = () => trace.getTracer('landfall')

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Run the work of one delivery as a span, in the trace of the request that brought it. */
export function deliverySpan<T>(headers: Headers, work: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), headers)
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
 * Say in the span of the delivery what its events were and what became of them, and link it to the
 * spans in which they were made: the `traceparent` that travels in an event, not the one of the hop
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md).
 */
export function describeDelivery(landed: readonly Landed[]): void {
  const span = trace.getActiveSpan()
  if (!span?.isRecording()) return
  span.addLinks(landed.flatMap(linkOf))
  const [only] = landed
  if (landed.length === 1 && only) span.setAttributes(attributesOf(only))
  else span.setAttribute('landfall.events', landed.length)
  if (landed.some(({ result }) => result instanceof Failure)) {
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
}

function linkOf({ arrival: { content } }: Landed) {
  const traceparent = 'event' in content ? content.event['traceparent'] : undefined
  const made = typeof traceparent === 'string' ? traceContextOf({ traceparent }) : undefined
  if (!made) return []
  const { traceId, spanId, sampled } = made
  return [{ context: { traceId, spanId, traceFlags: Number(sampled), isRemote: true } }]
}

/** Names of https://opentelemetry.io/docs/specs/semconv/registry/attributes/cloudevents/. */
function attributesOf({ arrival: { envelope, letter }, result }: Landed): Attributes {
  return {
    'landfall.envelope': envelope,
    ...(letter.eventId !== undefined && { 'cloudevents.event_id': letter.eventId }),
    ...(letter.source !== undefined && { 'cloudevents.event_source': letter.source }),
    ...(letter.type !== undefined && { 'cloudevents.event_type': letter.type }),
    ...(result instanceof Failure
      ? { 'error.type': result.code }
      : { 'landfall.verdict': result.verdict })
  }
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
        const outcomes = await work()
        const failure = outcomes.find((outcome) => outcome instanceof Failure)
        if (failure) {
          span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failure.code)
        }
        return outcomes
      } finally {
        span.end()
      }
    })
  }
}
