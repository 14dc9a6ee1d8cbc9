import { TraceFlags } from '@opentelemetry/api'
import {
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler
} from '@opentelemetry/sdk-trace-node'

/**
 * Sample a trace that starts here: one with links if any linked trace is sampled, so that a traced
 * delivery leads to its commit; one without links by ratio.
 */
export function linkedSampler(ratio: number): Sampler {
  const byRatio = new TraceIdRatioBasedSampler(ratio)
  return {
    shouldSample(_context, traceId, _name, _kind, _attributes, links) {
      if (links.length === 0) return byRatio.shouldSample(_context, traceId)
      const sampled = links.some(({ context }) => (context.traceFlags & TraceFlags.SAMPLED) !== 0)
      return {
        decision: sampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD
      }
    },
    toString: () => `linked or ${ratio}`
  }
}
