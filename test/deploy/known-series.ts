import { listMetrics } from '../../build/list-metrics.ts'
import { selectedBy } from './promql.ts'

/**
 * Labels of each series from the sidecar: of the target
 * (https://github.com/GoogleCloudPlatform/run-gmp-sidecar, confgenerator/config.go) and of the
 * resource prometheus_target (https://cloud.google.com/monitoring/api/resources).
 */
const targetLabels = ['service_name', 'revision_name', 'configuration_name', 'location']

/**
 * Cloud Monitoring's own (https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-pubsub), named
 * as PromQL needs them (https://cloud.google.com/monitoring/promql/promql-mapping).
 */
const ofPubSub = [
  'subscription_dead_letter_message_count',
  'subscription_num_undelivered_messages',
  'subscription_oldest_unacked_message_age'
].map(
  (name) => [`pubsub_googleapis_com:${name}`, ['monitored_resource', 'subscription_id']] as const
)

const series = new Map([
  ...ofPubSub,
  ...listMetrics().flatMap(({ name, type, labels }) => {
    const known = [...labels, ...targetLabels]
    if (type !== 'histogram') return [seriesOf(name, known)]
    const suffixes = ['_sum', '_count'].map((suffix) => seriesOf(`${name}${suffix}`, known))
    return [seriesOf(`${name}_bucket`, ['le', ...known]), ...suffixes]
  })
])

function seriesOf(name: string, labels: readonly string[]): readonly [string, readonly string[]] {
  return [name, labels]
}

/** List the series and labels that an expression reads and that no exporter writes. */
export function unknownTo(expression: string): readonly string[] {
  return selectedBy(expression).flatMap(({ metric, labels }) => {
    const known = series.get(metric)
    if (!known) return [metric]
    return labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`)
  })
}
