import { describe, expect, onTestFinished, test } from 'vitest'
import type { ReadAuth } from '../../../src/access/read-auth.ts'
import { buildApp } from '../../../src/app.ts'
import { isReadable } from '../../../src/contracts/contracts.ts'
import { Failure, type FailureCode, failures } from '../../../src/failures.ts'
import { collectionUrl } from '../../../src/http/read/routes.ts'
import { readContracts } from '../../../src/read-schemas.ts'
import { parseConfig } from '../../../src/settings.ts'
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts'
import { createLog } from '../../../src/telemetry/log.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { readRecordedDeliveries } from '../../fixtures/deliveries.ts'
import { changed, openAccess, openApp, send } from '../open-app.ts'
import { validatorOf } from './document-validator.ts'

const contracts = await readContracts('schemas')
const at = '2026-11-01T10:00:00Z'

type App = Awaited<ReturnType<typeof openApp>>['app']

async function deliver(app: App, headers: object, payload: string | Buffer, query = '') {
  const lines = headers as Record<string, string>
  return app.inject({ method: 'POST', url: `/events${query}`, headers: lines, payload })
}

describe('an answer matches the OpenAPI document', () => {
  test.each(['store', 'reject'])('for every recorded delivery with POISON=%s', async (POISON) => {
    const { app } = await openApp({ POISON })
    const { answerFaults } = await validatorOf(app)
    for (const { name, delivery } of readRecordedDeliveries()) {
      for (const query of ['?dryRun=true', '']) {
        const answer = await deliver(app, delivery.headers, delivery.body, query)
        expect(answerFaults('/events', 'post', answer), `${name} ${query}`).toEqual([])
      }
    }
  })

  test('for every collection: a page, a row, and a row that the caller has', async () => {
    const { app } = await openApp()
    const { answerFaults } = await validatorOf(app)
    for (const example of contracts.events.flatMap(({ examples }) => examples ?? [])) {
      if (!example.type.endsWith('deleted.v1')) await send(app, example)
    }
    let rows = 0
    for (const collection of contracts.collections.filter(isReadable)) {
      const url = collectionUrl(collection)
      const key = collection.table.primaryKey
      const page = await app.inject(`${url}?limit=1`)
      expect(answerFaults(url, 'get', page), url).toEqual([])
      const [first] = page.json()
      if (!first || key.some((name) => first[name] === undefined)) continue
      rows += 1
      const path = key.map((name) => `/${encodeURIComponent(first[name])}`).join('')
      const template = `${url}${key.map((name) => `/{${name}}`).join('')}`
      const row = await app.inject(`${url}${path}`)
      expect(row.statusCode, path).toBe(200)
      expect(answerFaults(template, 'get', row), template).toEqual([])
      const headers = { 'if-none-match': String(row.headers['etag']) }
      const same = await app.inject({ url: `${url}${path}`, headers })
      expect(same.statusCode).toBe(304)
      expect(answerFaults(template, 'get', same), template).toEqual([])
    }
    expect(rows).toBeGreaterThanOrEqual(4)
  })

  test.each<[FailureCode, string, string]>([
    ['QUERY_INVALID', '/api/v1/data', '?limit=0'],
    ['QUERY_INVALID', '/api/v1/data', '?cursor=x'],
    ['QUERY_INVALID', '/api/v1/data', '?staleness=1h'],
    ['QUERY_INVALID', '/api/v1/data', '?after=soon'],
    ['FILTER_UNSUPPORTED', '/api/v1/data', '?id=a'],
    ['ROW_NOT_FOUND', '/api/v1/data/{id}', '/none'],
    ['QUERY_INVALID', '/api/v1/data/{id}', '/none?limit=1'],
    ['KEY_INVALID', '/api/v1/data/{id}', '/a/b'],
    ['KEY_INVALID', '/api/v1/data/{id}', '/%zz'],
    ['ROUTE_NOT_FOUND', '/docs/assets/{name}', '/docs/assets/none']
  ])('for %s of %s%s', async (code, template, rest) => {
    const { app } = await openApp()
    const { answerFaults } = await validatorOf(app)
    const url = rest.startsWith('/docs') ? rest : `/api/v1/data${rest}`
    const answer = await app.inject(url)
    expect(answer.json()).toMatchObject({ code, status: failures[code].status })
    expect(answerFaults(template, 'get', answer)).toEqual([])
  })

  test.each<FailureCode>([
    'STORE_UNAVAILABLE',
    'STORE_INTERNAL',
    'STORE_CONTENDED',
    'STORE_MISCONFIGURED',
    'INTERNAL'
  ])('for a store that fails with %s', async (code) => {
    const fail = async () => {
      throw new Failure(code, 'a name that callers do not see')
    }
    const { app } = await openApp({}, (store) => ({
      ...store,
      commit: fail,
      read: fail,
      list: fail,
      verify: fail
    }))
    const { answerFaults } = await validatorOf(app)
    const delivered = await send(app, changed('1', at, { id: 'a', value: 'red' }))
    expect(delivered.json()).toMatchObject({ code })
    expect(answerFaults('/events', 'post', delivered)).toEqual([])
    for (const [template, url] of [
      ['/api/v1/data', '/api/v1/data'],
      ['/api/v1/data/{id}', '/api/v1/data/a'],
      ['/health/ready', '/health/ready']
    ] as const) {
      expect(answerFaults(template, 'get', await app.inject(url)), url).toEqual([])
    }
  })

  test('for tables that differ', async () => {
    const mismatches = [{ table: 'items', message: 'items has no column value' }]
    const { app } = await openApp({}, (store) => ({ ...store, verify: async () => mismatches }))
    const { answerFaults } = await validatorOf(app)
    const answer = await app.inject('/health/ready')
    expect(answer.json()).toMatchObject({ code: 'SCHEMA_DRIFT', mismatches })
    expect(answerFaults('/health/ready', 'get', answer)).toEqual([])
  })

  test('for requests that are too large or have an invalid dryRun', async () => {
    const { app } = await openApp()
    const { answerFaults } = await validatorOf(app)
    const large = await deliver(app, { 'content-length': '99999999' }, 'x')
    expect(large.json()).toMatchObject({ code: 'BODY_TOO_LARGE' })
    const vague = await deliver(app, {}, '{}', '?dryRun=perhaps')
    expect(vague.json()).toMatchObject({ code: 'QUERY_INVALID' })
    for (const answer of [large, vague]) {
      expect(answerFaults('/events', 'post', answer)).toEqual([])
    }
  })

  test('for more bytes than the queue may hold', async () => {
    const { app } = await openApp({ QUEUE_MAX_BYTES: String(1024 * 1024) })
    const { answerFaults } = await validatorOf(app)
    const answer = await deliver(app, {}, Buffer.alloc(2 * 1024 * 1024))
    expect(answer.json()).toMatchObject({ code: 'QUEUE_FULL' })
    expect(answerFaults('/events', 'post', answer)).toEqual([])
  })

  test.each<FailureCode>(['API_KEY_INVALID', 'CALLER_FORBIDDEN', 'RATE_LIMITED'])(
    'for a reader who is refused with %s',
    async (code) => {
      const app = await openGuarded({
        authorize: async () => {
          throw new Failure(code, 'no')
        }
      })
      const { answerFaults } = await validatorOf(app)
      const [page, row] = [await app.inject('/api/v1/data'), await app.inject('/api/v1/data/a')]
      expect([page.json(), row.json()]).toMatchObject([{ code }, { code }])
      expect(answerFaults('/api/v1/data', 'get', page)).toEqual([])
      expect(answerFaults('/api/v1/data/{id}', 'get', row)).toEqual([])
    }
  )

  test('for a push without a token', async () => {
    const app = await openGuarded({})
    const { answerFaults } = await validatorOf(app)
    const answer = await send(app, changed('1', at, { id: 'a', value: 'red' }))
    expect(answer.json()).toMatchObject({ code: 'TOKEN_INVALID' })
    expect(answerFaults('/events', 'post', answer)).toEqual([])
  })

  test.each([
    '/health/live',
    '/health/ready',
    '/metrics',
    '/openapi.json',
    '/asyncapi.json',
    '/docs'
  ])('for %s', async (path) => {
    const { app } = await openApp()
    const { answerFaults } = await validatorOf(app)
    const answer = await app.inject(path)
    expect(answer.statusCode).toBe(200)
    expect(answerFaults(path, 'get', answer)).toEqual([])
  })
})

test('the validator notices an answer that is not described', async () => {
  const { app } = await openApp()
  const { answerFaults } = await validatorOf(app)
  const answer = await app.inject('/health/live')
  expect(answerFaults('/health/ready', 'get', answer)).not.toEqual([])
  expect(answerFaults('/events', 'post', answer)).not.toEqual([])
})

/** The whole service with both guards on. */
async function openGuarded(reader: Partial<ReadAuth>): Promise<App> {
  const config = parseConfig({
    PUSH_AUTH: 'oidc',
    PUSH_AUDIENCE: 'https://landfall.example',
    PUSH_SERVICE_ACCOUNTS: 'push@example.iam.gserviceaccount.com',
    READ_AUTH: 'api-key',
    API_KEYS_SECRET: 'unused'
  })
  const { pushAuth, readAuth } = await openAccess(config)
  const app = buildApp({
    config,
    contracts,
    store: await openEmbeddedStore({ file: ':memory:', tables: contracts.tables }),
    pushAuth,
    readAuth: { ...readAuth, ...reader },
    metrics: createMetrics(),
    log: createLog('silent')
  })
  onTestFinished(() => app.close())
  return app
}
