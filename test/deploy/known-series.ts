import { selectedBy } from './promql.ts'

interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
}

/** What GET /metrics exports, by name. */
const exported: Readonly<Record<string, Metric>> = {
  landfall_deliveries_total: { type: 'counter', labels: ['envelope', 'status'] },
  landfall_delivery_duration_seconds: { type: 'histogram', labels: ['acknowledged'] },
  landfall_events_total: { type: 'counter', labels: ['type', 'verdict'] },
  landfall_dead_letters_total: { type: 'counter', labels: ['reason'] },
  landfall_refusals_total: { type: 'counter', labels: ['code'] },
  landfall_event_lag_seconds: { type: 'histogram', labels: ['type'] },
  landfall_publish_lag_seconds: { type: 'histogram', labels: [] },
  landfall_queue_events: { type: 'gauge', labels: [] },
  landfall_queue_bytes: { type: 'gauge', labels: [] },
  landfall_queue_wait_seconds: { type: 'histogram', labels: [] },
  landfall_commit_events: { type: 'histogram', labels: [] },
  landfall_commit_duration_seconds: { type: 'histogram', labels: ['outcome'] },
  landfall_commit_aborts_total: { type: 'counter', labels: [] },
  landfall_breaker_state: { type: 'gauge', labels: ['state'] },
  landfall_store_drift: { type: 'gauge', labels: [] },
  landfall_ready: { type: 'gauge', labels: [] },
  landfall_secret_age_seconds: { type: 'gauge', labels: [] },
  landfall_secret_refresh_failures_total: { type: 'counter', labels: [] },
  landfall_reads_total: { type: 'counter', labels: ['collection', 'status'] },
  landfall_read_duration_seconds: { type: 'histogram', labels: ['collection'] },
  landfall_requests_in_progress: { type: 'gauge', labels: [] },
  nodejs_eventloop_lag_p99_seconds: { type: 'gauge', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', labels: [] }
}

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
  ...Object.entries(exported).flatMap(([name, { type, labels }]) => {
    const known = [...labels, ...targetLabels]
    if (type !== 'histogram') return [seriesOf(name, known)]
    const suffixes = ['_sum', '_count'].map((suffix) => seriesOf(`${name}${suffix}`, known))
    return [seriesOf(`${name}_bucket`, ['le', ...known]), ...suffixes]
  })
])

function seriesOf(name: string, labels: readonly string[]): readonly [string, readonly string[]] {
  return [name, labels]
}

/** Name what an expression reads and nobody writes. */
export function unknownTo(expression: string): readonly string[] {
  return selectedBy(expression).flatMap(({ metric, labels }) => {
    const known = series.get(metric)
    if (!known) return [metric]
    return labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`)
  })
}
