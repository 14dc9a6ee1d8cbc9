import { expect, test } from 'vitest'
import { readContracts } from '../../src/read-schemas.ts'
import { changed } from '../http/open-app.ts'
import { createSpannerDatabase, spannerHost } from '../store/spanner-database.ts'
import { startOtlpCollector } from '../telemetry/otlp-collector.ts'
import { exitOf, startService } from './start-service.ts'

const hop = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const maker = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const sampled = ({ traceId, spanId }: typeof hop) => `00-${traceId}-${spanId}-01`

/** Push one event in a traced request, stop the service, and return what the collector received. */
async function pushAndStop(env: Readonly<Record<string, string>>) {
  const collector = await startOtlpCollector()
  const service = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    K_REVISION: 'landfall-00042-abc',
    ...env
  })
  const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })
  const answer = await fetch(`${service.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', traceparent: sampled(hop) },
    body: JSON.stringify({ ...event, traceparent: sampled(maker) })
  })
  expect(await answer.json()).toMatchObject({ verdict: 'applied' })
  service.process.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
  return { ...collector, service }
}

async function onSpanner() {
  const { tables } = await readContracts('schemas')
  const { name } = await createSpannerDatabase(tables)
  return {
    SPANNER_DATABASE: name,
    SPANNER_EMULATOR_HOST: await spannerHost()
  }
}

test('traces a delivery in the trace of its request, linked to where the event was made', async () => {
  const { spans } = await pushAndStop({})
  const deliver = spans.find(({ name }) => name === 'deliver')
  expect(deliver).toMatchObject({
    traceId: hop.traceId,
    parentSpanId: hop.spanId,
    links: [maker],
    attributes: {
      'cloudevents.event_id': '1',
      'cloudevents.event_type': 'com.example.item.changed.v1',
      'landfall.envelope': 'cloudevents-structured',
      'landfall.verdict': 'applied'
    }
  })
})

test("traces a commit in its own trace, linked to its deliveries, with Spanner's spans below", async () => {
  const { spans } = await pushAndStop(await onSpanner())
  const deliver = spans.find(({ name }) => name === 'deliver')
  const commit = spans.find(({ name }) => name === 'commit')
  expect(commit?.parentSpanId).toBe('')
  expect(commit?.traceId).not.toBe(hop.traceId)
  expect(commit?.links).toEqual([{ traceId: hop.traceId, spanId: deliver?.spanId }])
  const spanner = spans.filter(({ name }) => name.startsWith('CloudSpanner.'))
  const beneath = spanner.filter(({ traceId }) => traceId === commit?.traceId)
  expect(beneath.map(({ name }) => name)).toContain('CloudSpanner.Transaction.commit')
  expect(beneath.some(({ parentSpanId }) => parentSpanId === commit?.spanId)).toBe(true)
})

test('sends the metrics of /metrics, with the names of service and revision', async () => {
  const { metricNames, resources } = await pushAndStop({})
  expect(metricNames).toContain('landfall_events_total')
  expect(metricNames).toContain('landfall_event_lag_seconds')
  expect(metricNames).toContain('landfall_queue_events')
  expect(metricNames).toContain('nodejs_eventloop_lag_p99_seconds')
  expect(resources[0]).toMatchObject({
    'service.name': 'landfall',
    'service.version': 'landfall-00042-abc'
  })
})

test('sends only the enabled signals', async () => {
  const quiet = await pushAndStop({ OTEL_METRICS_EXPORTER: 'none' })
  expect(quiet.spans.length).toBeGreaterThan(0)
  expect(quiet.metricNames.size).toBe(0)
  const untraced = await pushAndStop({ OTEL_TRACES_EXPORTER: 'none' })
  expect(untraced.spans).toEqual([])
  expect(untraced.metricNames.size).toBeGreaterThan(0)
})

test('serves and stops as usual when the collector is gone', async () => {
  const service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
  service.process.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
  // Otherwise the deadline of the shutdown ended it.
  expect(service.lines.at(-1)).toContain('"message":"stopped"')
})

test('writes the trace of its request into the log entries of a delivery', async () => {
  const { service } = await pushAndStop({ GOOGLE_CLOUD_PROJECT: 'my-project', K_SERVICE: '' })
  const line = service.lines.find((each) => each.includes('delivery settled')) ?? '{}'
  expect(JSON.parse(line)).toMatchObject({
    'logging.googleapis.com/trace': `projects/my-project/traces/${hop.traceId}`,
    'logging.googleapis.com/spanId': hop.spanId,
    'logging.googleapis.com/trace_sampled': true
  })
})
