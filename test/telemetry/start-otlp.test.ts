import { trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startOtlp } from '../../src/telemetry/start-otlp.ts'

test('registers no tracer when only metrics are sent', async () => {
  const exporting = startOtlp(createMetrics().registry, {
    serviceName: 'landfall',
    revision: undefined,
    traceRatio: 1,
    traces: false,
    metrics: true
  })
  expect(trace.getTracer('landfall').startSpan('of a test').isRecording()).toBe(false)
  await exporting.close()
})
