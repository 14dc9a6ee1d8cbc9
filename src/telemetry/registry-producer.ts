import { type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer
} from '@opentelemetry/sdk-metrics'
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'

type Metric = MetricObjectWithValues<MetricValue<string>>
/** A value of a histogram as prom-client returns it; its types omit the name. */
type Sample = MetricValue<string> & { readonly metricName?: string }
type Span = Pick<DataPoint<number>, 'startTime' | 'endTime'>

/** Show a Prometheus registry to OpenTelemetry, under the same names, so that a metric is defined once. */
export function registryProducer(registry: Registry): MetricProducer {
  const startTime = hrTime(Date.now())
  return {
    async collect() {
      const span = { startTime, endTime: hrTime(Date.now()) }
      const found = await registry.getMetricsAsJSON()
      const metrics = found.map((metric) => metricData(metric, span))
      return {
        resourceMetrics: {
          resource: emptyResource(),
          scopeMetrics: [{ scope: { name: 'landfall' }, metrics }]
        },
        errors: []
      }
    }
  }
}

function metricData(metric: Metric, span: Span): MetricData {
  const { name, help: description } = metric
  const base = {
    descriptor: { name, description, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE
  }
  const points = () =>
    metric.values.map(({ labels, value }) => ({ ...span, attributes: labels, value }))
  // An enum in prom-client's types, a string at run time.
  switch (String(metric.type)) {
    case 'histogram':
      return {
        ...base,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: histograms(metric, span)
      }
    case 'counter':
      return {
        ...base,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: points()
      }
    default:
      return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: points() }
  }
}

function histograms({ name, values }: Metric, span: Span): DataPoint<Histogram>[] {
  const series = Map.groupBy<string, Sample>(values, ({ labels: { le: _, ...labels } }) =>
    JSON.stringify(labels)
  )
  return [...series].map(([labels, samples]) => ({
    ...span,
    attributes: JSON.parse(labels),
    value: histogram(name, samples)
  }))
}

/** Prometheus counts what is below each bound, OpenTelemetry what is between two of them. */
function histogram(name: string, samples: readonly Sample[]): Histogram {
  const sampleOf = (suffix: string) =>
    samples.find(({ metricName }) => metricName === `${name}${suffix}`)?.value ?? 0
  const buckets = samples.filter(({ metricName }) => metricName === `${name}_bucket`)
  const below = buckets.map(({ value }) => value)
  return {
    buckets: {
      boundaries: buckets.slice(0, -1).map(({ labels }) => Number(labels['le'])),
      counts: below.map((value, i) => value - (below[i - 1] ?? 0))
    },
    sum: sampleOf('_sum'),
    count: sampleOf('_count')
  }
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000]
