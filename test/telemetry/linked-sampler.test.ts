import { ROOT_CONTEXT, SpanKind, TraceFlags } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace-node'
import { expect, test } from 'vitest'
import { linkedSampler } from '../../src/telemetry/linked-sampler.ts'

const link = (traceFlags: number) => ({
  context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags }
})

function isSampled(ratio: number, links: ReturnType<typeof link>[]): boolean {
  const sampler = linkedSampler(ratio)
  const { decision } = sampler.shouldSample(
    ROOT_CONTEXT,
    'c'.repeat(32),
    'commit',
    SpanKind.INTERNAL,
    {},
    links
  )
  return decision === SamplingDecision.RECORD_AND_SAMPLED
}

test('samples what has no links by its ratio', () => {
  expect(isSampled(1, [])).toBe(true)
  expect(isSampled(0, [])).toBe(false)
})

test('samples a commit when one of its deliveries is sampled, whatever the ratio', () => {
  expect(isSampled(0, [link(TraceFlags.NONE), link(TraceFlags.SAMPLED)])).toBe(true)
  expect(isSampled(1, [link(TraceFlags.NONE)])).toBe(false)
})
