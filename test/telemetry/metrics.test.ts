import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { Failure } from '../../src/failures.ts'
import type { Store } from '../../src/store/store.ts'
import { changed, openApp, send } from '../http/open-app.ts'
import { scrape } from './scrape.ts'

const type = 'com.example.item.changed.v1'
const time = '2026-11-01T10:00:00Z'
const red = { id: 'a', value: 'red' }
const events = (verdict: string, of = type) =>
  `landfall_events_total{type="${of}",verdict="${verdict}"}`

/** A store whose commits fail as long as `failing` is set. */
function unreliable() {
  const state = { failing: false, calls: 0 }
  const wrap = (store: Store): Store => ({
    ...store,
    async commit(guards, decide) {
      state.calls += 1
      if (state.failing) throw new Failure('STORE_UNAVAILABLE', 'down')
      return store.commit(guards, decide)
    },
    async verify(tables) {
      state.calls += 1
      return store.verify(tables)
    }
  })
  return { state, wrap }
}

describe('metrics of events', () => {
  test('count each verdict by type, and dead letters by reason', async () => {
    const { app } = await openApp()
    await send(app, changed('1', time, red))
    await send(app, changed('1', time, red))
    await send(app, changed('2', '2026-11-01T09:00:00Z', red))
    await send(app, changed('3', time, { id: 7 }))
    const found = await scrape(app)
    for (const verdict of ['applied', 'duplicate', 'stale', 'dead-lettered']) {
      expect(found[events(verdict)], verdict).toBe(1)
    }
    expect(found['landfall_dead_letters_total{reason="DATA_INVALID"}']).toBe(1)
  })

  test('count a type without a contract as other, whatever the sender writes', async () => {
    const { app } = await openApp()
    await send(app, { ...changed('1', time, red), type: 'made.up.1' })
    await send(app, { ...changed('2', time, red), type: 'made.up.2' })
    const found = await scrape(app)
    expect(found[events('dead-lettered', 'other')]).toBe(2)
    expect(Object.keys(found).join()).not.toContain('made.up')
  })

  test('distinguish retried from rejected events', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({ POISON: 'reject' }, wrap)
    state.failing = true
    await send(app, changed('1', time, red))
    state.failing = false
    await send(app, changed('2', time, { id: 7 }))
    const found = await scrape(app)
    expect(found[events('retry')]).toBe(1)
    expect(found[events('rejected')]).toBe(1)
    expect(Object.keys(found).some((name) => name.startsWith('landfall_dead_letters'))).toBe(false)
  })

  test('measure the lag from the time of the event and of its publishing, once for each event', async () => {
    const { app } = await openApp()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-01T10:01:30Z') })
    try {
      const message = {
        messageId: '9',
        publishTime: '2026-11-01T10:01:00Z',
        attributes: { 'content-type': 'application/cloudevents+json' },
        data: Buffer.from(JSON.stringify(changed('1', time, red))).toString('base64')
      }
      const push = { subscription: 'projects/p/subscriptions/s', message }
      const post = { method: 'POST', url: '/events', payload: push } as const
      expect((await app.inject(post)).json()).toMatchObject({ verdict: 'applied' })
      expect((await app.inject(post)).json()).toMatchObject({ verdict: 'duplicate' })
    } finally {
      vi.useRealTimers()
    }
    const found = await scrape(app)
    expect(found[`landfall_event_lag_seconds_sum{type="${type}"}`]).toBe(90)
    expect(found[`landfall_event_lag_seconds_count{type="${type}"}`]).toBe(1)
    expect(found['landfall_publish_lag_seconds_sum']).toBe(30)
    expect(found['landfall_publish_lag_seconds_count']).toBe(1)
  })

  test('accept a leap second and a clock that is ahead', async () => {
    const { app } = await openApp()
    expect((await send(app, changed('1', '2016-12-31T23:59:60Z', red))).statusCode).toBe(200)
    expect((await send(app, changed('2', '2999-01-01T00:00:00Z', red))).statusCode).toBe(200)
    const found = await scrape(app)
    expect(found[`landfall_event_lag_seconds_sum{type="${type}"}`]).toBe(0)
  })
})

describe('metrics of deliveries', () => {
  test('count answers by envelope and status, and distinguish acknowledged ones from others', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({}, wrap)
    await send(app, changed('1', time, red))
    state.failing = true
    await send(app, changed('2', time, red))
    await app.inject({ method: 'POST', url: '/events?dryRun=maybe', payload: '{}' })
    const found = await scrape(app)
    const deliveries = (envelope: string, status: number) =>
      found[`landfall_deliveries_total{envelope="${envelope}",status="${status}"}`]
    expect(deliveries('cloudevents-structured', 200)).toBe(1)
    expect(deliveries('cloudevents-structured', 503)).toBe(1)
    expect(deliveries('none', 400)).toBe(1)
    const count = 'landfall_delivery_duration_seconds_count'
    expect(found[`${count}{acknowledged="true"}`]).toBe(1)
    expect(found[`${count}{acknowledged="false"}`]).toBe(2)
  })

  test('show how many events share a commit, and how long they waited for it', async () => {
    const { app } = await openApp()
    await Promise.all(
      Array.from({ length: 50 }, (_each, n) =>
        send(app, changed(`${n}`, time, { id: `${n}`, value: 'v' }))
      )
    )
    const found = await scrape(app)
    const commits = found['landfall_commit_events_count'] ?? 0
    expect(found['landfall_commit_events_sum']).toBe(50)
    expect(commits).toBeGreaterThan(0)
    expect(commits).toBeLessThan(50)
    expect(found['landfall_queue_wait_seconds_count']).toBe(50)
    expect(found['landfall_commit_duration_seconds_count{outcome="ok"}']).toBe(commits)
  })

  test('name the failure of a commit', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({}, wrap)
    state.failing = true
    await send(app, changed('1', time, red))
    const found = await scrape(app)
    expect(found['landfall_commit_duration_seconds_count{outcome="STORE_UNAVAILABLE"}']).toBe(1)
  })
})

describe('metrics of reads and refusals', () => {
  test('count reads by collection and status', async () => {
    const { app } = await openApp()
    await app.inject('/api/v1/data')
    await app.inject('/api/v1/data/absent')
    const found = await scrape(app)
    expect(found['landfall_reads_total{collection="items",status="200"}']).toBe(1)
    expect(found['landfall_reads_total{collection="items",status="404"}']).toBe(1)
    expect(found['landfall_read_duration_seconds_count{collection="items"}']).toBe(2)
  })

  test('count refusals by code, even for unknown routes, malformed paths and what is not HTTP', async () => {
    const { app } = await openApp()
    await app.inject('/nowhere')
    await app.inject('/api/v1/data/%zz')
    await app.listen({ port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port)
    socket.end('this is not HTTP\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    const found = await scrape(app)
    expect(found['landfall_refusals_total{code="ROUTE_NOT_FOUND"}']).toBe(1)
    expect(found['landfall_refusals_total{code="KEY_INVALID"}']).toBe(1)
    expect(found['landfall_refusals_total{code="REQUEST_INVALID"}']).toBe(1)
  })
})

describe('gauges', () => {
  test('show what is in the queue while its commit is in flight', async () => {
    const held = Promise.withResolvers<void>()
    const { app } = await openApp({}, (store) => ({
      ...store,
      async commit(guards, decide) {
        await held.promise
        return store.commit(guards, decide)
      }
    }))
    const sending = send(app, changed('1', time, red))
    await expect.poll(async () => (await scrape(app))['landfall_queue_events']).toBe(1)
    const during = await scrape(app)
    expect(during['landfall_queue_bytes']).toBeGreaterThan(0)
    expect(during['landfall_requests_in_progress']).toBe(1)
    held.resolve()
    await sending
    const after = await scrape(app)
    expect(after['landfall_queue_events']).toBe(0)
    expect(after['landfall_queue_bytes']).toBe(0)
    expect(after['landfall_requests_in_progress']).toBe(0)
  })

  test('show the state of the breaker', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({ BREAKER_FAILURES: '1' }, wrap)
    expect((await scrape(app))['landfall_breaker_state{state="closed"}']).toBe(1)
    state.failing = true
    await send(app, changed('1', time, red))
    const found = await scrape(app)
    expect(found['landfall_breaker_state{state="open"}']).toBe(1)
    expect(found['landfall_breaker_state{state="closed"}']).toBe(0)
  })

  test('show ready and drift as last checked, and neither before', async () => {
    const drift = [{ table: 'items', message: 'a column is missing' }]
    const { app } = await openApp({}, (store) => ({ ...store, verify: async () => drift }))
    const before = await scrape(app)
    expect(before['landfall_ready']).toBeUndefined()
    expect(before['landfall_store_drift']).toBeUndefined()
    await app.inject('/health/ready')
    const after = await scrape(app)
    expect(after['landfall_ready']).toBe(0)
    expect(after['landfall_store_drift']).toBe(1)
  })

  test('keep the drift that was seen when a failed commit makes the service not ready', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({}, wrap)
    await app.inject('/health/ready')
    state.failing = true
    await send(app, changed('1', time, red))
    await app.inject('/health/ready')
    const found = await scrape(app)
    expect(found['landfall_ready']).toBe(0)
    expect(found['landfall_store_drift']).toBe(0)
  })
})

describe('GET /metrics', () => {
  test('is Prometheus text, and does not call the store', async () => {
    const { state, wrap } = unreliable()
    const { app } = await openApp({}, wrap)
    const answer = await app.inject('/metrics')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(state.calls).toBe(0)
  })

  test('answers another method with 405', async () => {
    const { app } = await openApp()
    const answer = await app.inject({ method: 'POST', url: '/metrics' })
    expect(answer.statusCode).toBe(405)
    expect(answer.headers['allow']).toBe('GET, HEAD')
  })
})
