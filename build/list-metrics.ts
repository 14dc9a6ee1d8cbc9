import { addGauges } from '../src/telemetry/gauges.ts'
import { addProcessMetrics, createMetrics } from '../src/telemetry/metrics.ts'

/** One metric, as documentation and alerts know it. */
export interface MetricRow {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly help: string
}

/** List every metric that a service exports, in the order of `/metrics`. */
export function listMetrics(): readonly MetricRow[] {
  const metrics = createMetrics()
  addGauges(metrics, undefined)
  addProcessMetrics(metrics)
  return metrics.registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    type: String(metric.type),
    labels: labelsOf(metric),
    help: metric.help
  }))
}

/** prom-client's types leave the labels out. */
function labelsOf(metric: object): readonly string[] {
  const labels: unknown = 'labelNames' in metric ? metric.labelNames : []
  return Array.isArray(labels) ? labels.map(String) : []
}
