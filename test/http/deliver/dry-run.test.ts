import { describe, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { Failure } from '../../../src/failures.ts'
import { parseConfig } from '../../../src/settings.ts'
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { createLog } from '../../../src/telemetry/log.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import type { Json } from '../../../src/values/json.ts'
import { compile, withWrites } from '../../contracts/schema-sets.ts'
import { changed, openAccess, openApp, send } from '../open-app.ts'

const at = (second: number) => `2026-11-01T10:00:${String(second).padStart(2, '0')}Z`
type App = Awaited<ReturnType<typeof openApp>>['app']

async function post(
  app: App,
  url: string,
  payload: unknown,
  type = 'application/cloudevents+json'
) {
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    payload: JSON.stringify(payload)
  })
}

/** Let reads and decisions through, and remember every table that is written. */
function watched(writes: string[]) {
  return (store: Store): Store => ({
    ...store,
    commit: (guards, decide) =>
      store.commit(guards, (current) => {
        const decision = decide(current)
        writes.push(...decision.mutations.map(({ table }) => table.name))
        return decision
      })
  })
}

/** The service with one contract, which has these writes. */
async function openThings(writes: readonly Json[]) {
  const contracts = compile(withWrites(...writes))
  const store = await openEmbeddedStore({ file: ':memory:', tables: contracts.tables })
  const config = parseConfig({})
  const app = buildApp({
    config,
    contracts,
    store,
    ...(await openAccess(config)),
    metrics: createMetrics(),
    log: createLog('silent')
  })
  onTestFinished(() => app.close())
  return { app }
}

const thing = (id: string, count: string) => ({
  specversion: '1.0',
  id,
  source: '//test',
  type: 'thing.changed',
  time: at(1),
  data: { id: 'a', text: 'b', count }
})

const red = changed('1', at(1), { id: 'a', value: 'red' })
const order = (amount: string) => ({
  specversion: '1.0',
  id: amount,
  source: '//shop',
  type: 'com.example.order.placed.v1',
  time: at(1),
  data: {
    order_id: 'o',
    customer_id: 'c',
    placed_on: '2026-11-01',
    currency: 'EUR',
    total: '1',
    lines: [{ sku: 's', quantity: 1, unit_price: '1', amount }]
  }
})

describe('POST /events?dryRun=true', () => {
  test.each([
    ['applied', changed('9', at(9), { id: 'a', value: 'blue' }), undefined],
    ['duplicate', red, undefined],
    ['stale', changed('0', at(0), { id: 'a', value: 'old' }), undefined],
    ['dead-lettered', changed('4', at(1), { id: 7 }), 'DATA_INVALID'],
    ['dead-lettered', { ...red, type: 'com.example.unheard.of' }, 'EVENT_TYPE_UNKNOWN'],
    ['dead-lettered', { ...red, time: 'never' }, 'ATTRIBUTE_INVALID']
  ])(
    'answers %s, with the reason if there is one, and writes nothing',
    async (verdict, event, reason) => {
      const writes: string[] = []
      const { app } = await openApp({}, watched(writes))
      await send(app, red)
      expect(writes).toEqual(['items'])
      const answer = await post(app, '/events?dryRun=true', event)
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toMatchObject({
        dryRun: true,
        verdict,
        ...(reason && { reason, deadLetter: expect.stringMatching(/^[0-9a-f]{32}$/) })
      })
      expect(writes).toEqual(['items'])
    }
  )

  test('shows the writes of an event, as plain JSON', async () => {
    const { app } = await openApp()
    const { writes, eventKey } = (await post(app, '/events?dryRun=true', order('1.50'))).json()
    expect(writes).toEqual([
      {
        collection: 'orders',
        operation: 'upsert',
        key: { order_id: 'o' },
        version: '2026-11-01T10:00:01.000000000Z',
        values: expect.objectContaining({ customer_id: 'c', total: '1' })
      },
      expect.objectContaining({ collection: 'order_lines', key: { order_id: 'o', line: '0' } }),
      expect.objectContaining({
        collection: 'order_events',
        operation: 'append',
        key: { order_id: 'o', event_key: eventKey }
      }),
      {
        collection: 'daily_sales',
        operation: 'add',
        key: { sku: 's', day: '2026-11-01' },
        amounts: { quantity: '1', revenue: '1.5' }
      }
    ])
  })

  test('reads the rows: a sum that would overflow is reported', async () => {
    const { app } = await openThings([
      {
        collection: 'thing_counts',
        operation: 'add',
        set: { id: '/data/id' },
        amounts: { pieces: '/data/count' }
      }
    ])
    await send(app, thing('1', '9223372036854775807'))
    const answer = await post(app, '/events?dryRun=true', thing('2', '1'))
    expect(answer.json()).toMatchObject({ verdict: 'dead-lettered', reason: 'COUNTER_OVERFLOW' })
    const other = await post(app, '/events?dryRun=true', thing('2', '-1'))
    expect(other.json()).toMatchObject({ verdict: 'applied' })
  })

  test('answers ignored for an event whose contract has no writes', async () => {
    const { app } = await openThings([])
    const answer = await post(app, '/events?dryRun=true', thing('1', '1'))
    expect(answer.json()).toMatchObject({ verdict: 'ignored', writes: [] })
  })

  test('folds the events of a batch like one commit, and answers an array', async () => {
    const { app } = await openApp()
    const type = 'application/cloudevents-batch+json'
    const answer = await post(app, '/?dryRun=true', [red, red, changed('2', at(1), {})], type)
    expect(answer.json()).toMatchObject([
      { verdict: 'applied' },
      { verdict: 'duplicate' },
      { verdict: 'dead-lettered', reason: 'DATA_INVALID' }
    ])
    expect((await app.inject('/api/v1/data')).json()).toEqual([])
  })

  test('answers 503 when the rows cannot be read', async () => {
    const { app } = await openApp({}, (store) => ({
      ...store,
      commit: () => Promise.reject(new Failure('STORE_UNAVAILABLE', 'no'))
    }))
    const answer = await post(app, '/events?dryRun=true', red)
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

describe('a query of POST /events', () => {
  test.each([
    ['dryRun=1'],
    ['dryRun='],
    ['dryRun=TRUE'],
    ['dryRun=true&dryRun=true'],
    ['dryRun=false&dryRun=true']
  ])('%s is refused, and nothing is written', async (query) => {
    const { app } = await openApp()
    const answer = await post(app, `/events?${query}`, red)
    expect(answer.json()).toMatchObject({ status: 400, code: 'QUERY_INVALID' })
    expect((await app.inject('/api/v1/data')).json()).toEqual([])
  })

  test.each([
    ['__GCP_CloudEventsMode=CUSTOM_PUBSUB_projects%2Fp%2Ftopics%2Ft'],
    ['dryRun=false'],
    ['a=%zz']
  ])('%s changes nothing', async (query) => {
    const { app } = await openApp()
    expect((await post(app, `/events?${query}`, red)).json()).toMatchObject({ verdict: 'applied' })
    expect((await app.inject('/api/v1/data')).json()).toHaveLength(1)
  })
})
