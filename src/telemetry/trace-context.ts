/** The trace that a request belongs to, from its headers. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  readonly sampled: boolean
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const w3c = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-|$)/
const google = /^(?!0{32})([0-9a-f]{32})\/(\d{1,20})(?:;o=([01]))?$/i

/**
 * Read `traceparent` (https://www.w3.org/TR/trace-context/) or, without one, Google's older
 * `X-Cloud-Trace-Context` (https://cloud.google.com/trace/docs/trace-context), whose span id is
 * decimal. Undefined when neither is valid. Pure.
 */
export function traceContextOf(headers: Headers): TraceContext | undefined {
  return readW3c(headers['traceparent']) ?? readGoogle(headers['x-cloud-trace-context'])
}

function readW3c(value: Headers[string]): TraceContext | undefined {
  const [found, traceId = '', spanId = '', flags = ''] = w3c.exec(String(value)) ?? []
  return found ? { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 } : undefined
}

function readGoogle(value: Headers[string]): TraceContext | undefined {
  const [found, traceId = '', decimal = '0', option] = google.exec(String(value)) ?? []
  const spanId = BigInt(decimal).toString(16).padStart(16, '0')
  if (!found || spanId.length > 16) return undefined
  return { traceId: traceId.toLowerCase(), spanId, sampled: option === '1' }
}

/**
 * Write the trace fields of a log entry
 * (https://cloud.google.com/logging/docs/structured-logging#special-payload-fields): Cloud Logging
 * then groups the entries of a request. Without a project the trace has no name. Pure.
 */
export function traceFields(headers: Headers, project: string | undefined): object {
  const context = project === undefined ? undefined : traceContextOf(headers)
  if (!context) return {}
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${context.traceId}`,
    'logging.googleapis.com/spanId': context.spanId,
    'logging.googleapis.com/trace_sampled': context.sampled
  }
}
