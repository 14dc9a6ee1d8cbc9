import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Pub/Sub slows its pushes down when the mean latency passes 1 s, so 1 is one of the bounds. */
const latency = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Up to the 31 days for which Pub/Sub may keep a message. */
const lag = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400, 2_678_400]
const batch = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000]

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Create the counters and histograms of one service, in a registry of their own. This one
 * definition is what `/metrics` serves, what OTLP exports and what docs/metrics.md lists. Gauges
 * read their values elsewhere: see gauges.ts.
 */
export function createMetrics() {
  const registry = new Registry()
  const make = makeIn(registry)
  return {
    registry,
    ...deliveryMetrics(make),
    ...eventMetrics(make),
    ...commitMetrics(make),
    ...readMetrics(make),
    refusals: make.counter(
      'landfall_refusals_total',
      'Requests answered with a failure, by its code: see docs/failures.md.',
      ['code']
    )
  } as const
}

/** Add prom-client's metrics of the process and of Node, including the event-loop delay. */
export function addProcessMetrics({ registry }: Pick<Metrics, 'registry'>): void {
  collectDefaultMetrics({ register: registry })
}

type Make = ReturnType<typeof makeIn>

function makeIn(registry: Registry) {
  const registers = [registry]
  return {
    counter: <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    histogram: <L extends string>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: readonly L[] = []
    ) => new Histogram({ name, help, buckets, labelNames, registers })
  }
}

const deliveryMetrics = ({ counter, histogram }: Make) => ({
  deliveries: counter(
    'landfall_deliveries_total',
    'Deliveries answered. `envelope` is `none` when the delivery was refused before it was decoded, or not settled in time.',
    ['envelope', 'status']
  ),
  deliveryDuration: histogram(
    'landfall_delivery_duration_seconds',
    'Time from a delivery to its answer. `acknowledged` is true if Pub/Sub treats the status as an acknowledgment.',
    latency,
    ['acknowledged']
  )
})

const eventMetrics = ({ counter, histogram }: Make) => ({
  events: counter(
    'landfall_events_total',
    'Events by verdict; `retry` for those the sender must send again, `rejected` with `POISON=reject`. `type` is `other` if no contract has it.',
    ['type', 'verdict']
  ),
  deadLetters: counter(
    'landfall_dead_letters_total',
    'Events that became a dead letter, redelivered ones included, by failure code.',
    ['reason']
  ),
  eventLag: histogram(
    'landfall_event_lag_seconds',
    "Time from an event's own time until it is settled; a duplicate is not counted again.",
    lag,
    ['type']
  ),
  publishLag: histogram(
    'landfall_publish_lag_seconds',
    'Time from the publication of a Pub/Sub message until its event is settled; a duplicate is not counted again.',
    lag
  )
})

const commitMetrics = ({ counter, histogram }: Make) => ({
  queueWait: histogram(
    'landfall_queue_wait_seconds',
    'Time from the acceptance of an event to the start of its commit.',
    latency
  ),
  commitEvents: histogram('landfall_commit_events', 'Events in one commit.', batch),
  commitDuration: histogram(
    'landfall_commit_duration_seconds',
    'Duration of commits with their reads and retries; `outcome` is `ok` or the failure code.',
    latency,
    ['outcome']
  ),
  commitAborts: counter(
    'landfall_commit_aborts_total',
    'Transactions that Spanner aborted and Landfall retried.'
  ),
  trials: counter(
    'landfall_trials_total',
    'Suspected events that were tried alone: landed, dead-lettered, or retry when nothing was proven.',
    ['result']
  )
})

const readMetrics = ({ counter, histogram }: Make) => ({
  reads: counter('landfall_reads_total', 'Reads answered.', ['collection', 'status']),
  readDuration: histogram(
    'landfall_read_duration_seconds',
    'Time from a read to its answer.',
    latency,
    ['collection']
  ),
  secretFailures: counter(
    'landfall_secret_refresh_failures_total',
    'Failed attempts to read the API keys; the last good keys stay in use.'
  )
})
