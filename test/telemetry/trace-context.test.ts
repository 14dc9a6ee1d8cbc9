import { describe, expect, test } from 'vitest'
import { traceContextOf, traceFields } from '../../src/telemetry/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${spanId}-01`

describe('the trace of a request', () => {
  test.each([
    ['traceparent', { traceparent }, { traceId, spanId, sampled: true }],
    [
      'traceparent that is not sampled',
      { traceparent: `00-${traceId}-${spanId}-00` },
      { traceId, spanId, sampled: false }
    ],
    [
      'traceparent of a later version with more in it',
      { traceparent: `cc-${traceId}-${spanId}-01-more` },
      { traceId, spanId, sampled: true }
    ],
    [
      'X-Cloud-Trace-Context, whose span id is decimal',
      { 'x-cloud-trace-context': `${traceId}/67667974448284343;o=1` },
      { traceId, spanId: '00f067aa0ba902b7', sampled: true }
    ],
    [
      'X-Cloud-Trace-Context without options',
      { 'x-cloud-trace-context': `${traceId.toUpperCase()}/1` },
      { traceId, spanId: '0000000000000001', sampled: false }
    ],
    [
      'the first of both',
      { traceparent, 'x-cloud-trace-context': `${'a'.repeat(32)}/1;o=0` },
      { traceId, spanId, sampled: true }
    ]
  ])('is read from %s', (_name, headers, context) => {
    expect(traceContextOf(headers)).toEqual(context)
  })

  test.each([
    ['no header', {}],
    ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-${spanId}-01` }],
    ['a span id of zeros', { traceparent: `00-${traceId}-${'0'.repeat(16)}-01` }],
    ['upper-case hex, which W3C forbids', { traceparent: traceparent.toUpperCase() }],
    ['a text that is too short', { traceparent: '00-abc-def-01' }],
    ['a span id beyond 64 bits', { 'x-cloud-trace-context': `${traceId}/${'9'.repeat(20)}` }],
    ['two headers', { traceparent: [traceparent, traceparent] }]
  ])('is unknown with %s', (_name, headers) => {
    expect(traceContextOf(headers)).toBeUndefined()
  })
})

describe('the trace of a log entry', () => {
  test('has the name that Cloud Logging expects', () => {
    expect(traceFields({ traceparent }, 'my-project')).toEqual({
      'logging.googleapis.com/trace': `projects/my-project/traces/${traceId}`,
      'logging.googleapis.com/spanId': spanId,
      'logging.googleapis.com/trace_sampled': true
    })
  })

  test('has no name without a project or without a trace', () => {
    expect(traceFields({ traceparent }, undefined)).toEqual({})
    expect(traceFields({}, 'my-project')).toEqual({})
  })
})
