import { DataPointType } from '@opentelemetry/sdk-metrics'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { registryProducer } from '../../src/telemetry/registry-producer.ts'

async function produced(registry: Registry) {
  const { resourceMetrics } = await registryProducer(registry).collect()
  const metrics = resourceMetrics.scopeMetrics[0]?.metrics ?? []
  return Object.fromEntries(metrics.map((metric) => [metric.descriptor.name, metric]))
}

test('shows a counter as a monotonic sum and a gauge as a gauge, with their labels', async () => {
  const registry = new Registry()
  const base = { help: 'of a test', labelNames: ['a'], registers: [registry] }
  new Counter({ ...base, name: 'events_total' }).inc({ a: 'x' }, 3)
  new Gauge({ ...base, name: 'queue' }).set({ a: 'y' }, 7)
  const { events_total: counter, queue } = await produced(registry)
  expect(counter).toMatchObject({
    descriptor: { description: 'of a test' },
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [{ attributes: { a: 'x' }, value: 3 }]
  })
  expect(queue).toMatchObject({
    dataPointType: DataPointType.GAUGE,
    dataPoints: [{ attributes: { a: 'y' }, value: 7 }]
  })
})

test('shows a histogram with the counts between its bounds, one point for each label', async () => {
  const registry = new Registry()
  const histogram = new Histogram({
    name: 'seconds',
    help: 'of a test',
    labelNames: ['a'],
    buckets: [1, 2],
    registers: [registry]
  })
  for (const value of [0.5, 1.5, 1.5, 9]) histogram.observe({ a: 'x' }, value)
  histogram.observe({ a: 'y' }, 2)
  const { seconds } = await produced(registry)
  expect(seconds).toMatchObject({
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [
      {
        attributes: { a: 'x' },
        value: { buckets: { boundaries: [1, 2], counts: [1, 2, 1] }, sum: 12.5, count: 4 }
      },
      {
        attributes: { a: 'y' },
        value: { buckets: { boundaries: [1, 2], counts: [0, 1, 0] }, sum: 2, count: 1 }
      }
    ]
  })
})
