import { describe, expect, it, onTestFinished } from 'vitest'
import { createGrpcProxy, type GrpcProxy } from '../../dev/faults/grpc-proxy.ts'
import { buildApp } from '../../src/app.ts'
import { openStore } from '../../src/open-store.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { parseConfig } from '../../src/settings.ts'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { changed, openAccess, send } from '../http/open-app.ts'
import { freshDatabaseName, spannerHost } from '../store/spanner-database.ts'

const status = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
  dataLoss: 15
}
const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })

/** For a Spanner that never answers, or never lets a commit through. */
const impatient = {
  COMMIT_TIMEOUT_MS: '1500',
  READ_TIMEOUT_MS: '1500',
  DELIVERY_TIMEOUT_MS: '4000'
}

/** The whole service on Spanner, with a proxy between them. */
async function openFaultyApp(
  env: Readonly<Record<string, string>> = {},
  fault: GrpcProxy['fault'] = () => undefined
) {
  const contracts = await readContracts('schemas')
  const database = await freshDatabaseName()
  await applySchema({ database, tables: contracts.tables, emulator: true })
  const proxy = await createGrpcProxy(await spannerHost())
  proxy.fault = fault
  process.env['SPANNER_EMULATOR_HOST'] = proxy.host
  const config = parseConfig({
    SPANNER_DATABASE: database,
    SPANNER_EMULATOR_HOST: proxy.host,
    COMMIT_TIMEOUT_MS: '20000',
    READ_TIMEOUT_MS: '20000',
    DELIVERY_TIMEOUT_MS: '25000',
    BREAKER_COOLDOWN_MS: '50',
    ...env
  })
  const metrics = createMetrics()
  const store = await openStore(config, contracts.tables, process.env, {
    onAbort: () => metrics.commitAborts.inc()
  })
  const app = buildApp({
    config,
    contracts,
    store,
    ...(await openAccess(config)),
    metrics,
    log: createLog('silent')
  })
  onTestFinished(async () => {
    await app.close()
    await proxy.close()
  })
  const deadLetters = async () => {
    const table = contracts.tables.find(({ name }) => name === 'dead_letters')
    if (!table) throw new Error('no table of dead letters')
    const select = { table, columns: ['id', 'reason'], equals: {}, order: ['id'], limit: 100 }
    return (await store.list(select, { kind: 'strong' })).rows
  }
  return { app, proxy, metrics, deadLetters }
}

describe('Spanner in trouble', () => {
  it.each([
    ['UNAVAILABLE', status.unavailable],
    ['RESOURCE_EXHAUSTED', status.resourceExhausted],
    ['DEADLINE_EXCEEDED', status.deadlineExceeded],
    ['INTERNAL', status.internal],
    ['UNKNOWN', status.unknown],
    ['DATA_LOSS', status.dataLoss],
    ['INVALID_ARGUMENT', status.invalidArgument],
    ['ALREADY_EXISTS', status.alreadyExists],
    ['FAILED_PRECONDITION', status.failedPrecondition],
    ['OUT_OF_RANGE', status.outOfRange]
  ])(
    'answers 503 with Retry-After for %s, dead-letters nothing, and recovers by itself',
    async (_name, code) => {
      const { app, proxy, deadLetters } = await openFaultyApp()
      proxy.fault = (method) => (method === 'Commit' ? { kind: 'fail', status: code } : undefined)
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const answer = await send(app, event)
        expect(answer.statusCode).toBe(503)
        expect(answer.headers['retry-after']).toBe('1')
      }
      proxy.fault = () => undefined
      await expect
        .poll(async () => (await send(app, event)).json().verdict)
        .toMatch(/applied|duplicate/)
      expect(await deadLetters()).toEqual([])
      expect((await app.inject('/api/v1/data')).json()).toEqual([{ id: 'a', value: 'red' }])
    }
  )

  it('has its effect once when the commit succeeded and its answer was lost', async () => {
    const { app, proxy } = await openFaultyApp()
    let lost = 0
    proxy.fault = (method) => {
      if (method !== 'Commit' || lost > 0) return undefined
      lost += 1
      return { kind: 'lose', status: status.unavailable }
    }
    const order = JSON.parse(await exampleOrder())
    expect((await send(app, order)).statusCode).toBe(503)
    expect(lost).toBe(1)
    const sales = (await app.inject('/api/v1/daily-sales')).json()
    expect(sales.length).toBeGreaterThan(0)
    expect((await send(app, order)).json()).toMatchObject({ verdict: 'duplicate' })
    expect((await app.inject('/api/v1/daily-sales')).json()).toEqual(sales)
  })

  it('tries an aborted transaction again with fresh rows', async () => {
    const { app, proxy, metrics } = await openFaultyApp()
    let aborts = 0
    proxy.fault = (method) => {
      if (method !== 'Commit' || aborts >= 3) return undefined
      aborts += 1
      return { kind: 'fail', status: status.aborted }
    }
    expect((await send(app, event)).json()).toMatchObject({ verdict: 'applied' })
    expect(aborts).toBe(3)
    expect((await metrics.commitAborts.get()).values).toMatchObject([{ value: 3 }])
  })

  it('gives up on a transaction that is aborted for ever, in time, without an effect', async () => {
    const { app, proxy, deadLetters } = await openFaultyApp(impatient)
    proxy.fault = (method) =>
      method === 'Commit' ? { kind: 'fail', status: status.aborted } : undefined
    const answer = await send(app, event)
    expect(answer.statusCode).toBe(503)
    expect(['STORE_CONTENDED', 'STORE_UNAVAILABLE']).toContain(answer.json().code)
    proxy.fault = () => undefined
    expect((await app.inject('/api/v1/data')).json()).toEqual([])
    expect(await deadLetters()).toEqual([])
  })

  it('answers 503 within the deadline when Spanner hangs, and lands the event when it is back', async () => {
    const { app, proxy } = await openFaultyApp(impatient)
    proxy.fault = () => ({ kind: 'hang' })
    const answer = await send(app, event)
    expect(answer.statusCode).toBe(503)
    proxy.fault = () => undefined
    await expect
      .poll(async () => (await send(app, event)).json().verdict)
      .toMatch(/applied|duplicate/)
  })

  it.each([
    ['a missing table', status.notFound, 'Table not found: items'],
    ['a missing permission', status.permissionDenied, 'no permission on items']
  ])(
    'calls %s a fault of the deployment: 503, not ready, never a dead letter',
    async (_name, code, message) => {
      const { app, proxy, deadLetters } = await openFaultyApp()
      expect((await app.inject('/health/ready')).statusCode).toBe(200)
      proxy.fault = (method) =>
        method === 'Commit' ? { kind: 'fail', status: code, message } : undefined
      const answer = await send(app, event)
      expect(answer.json()).toMatchObject({ status: 503, code: 'STORE_MISCONFIGURED' })
      expect((await app.inject('/health/ready')).statusCode).toBe(503)
      expect((await app.inject('/health/live')).statusCode).toBe(200)
      expect(await deadLetters()).toEqual([])
    }
  )
})

async function exampleOrder(): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const contract = JSON.parse(
    await readFile('schemas/events/com.example.order.placed.v1.json', 'utf8')
  )
  return JSON.stringify(contract.examples[0])
}

describe('a session that Spanner never creates', () => {
  it('is asked for again, and events land as soon as one is created', async () => {
    let asked = 0
    const { app, proxy } = await openFaultyApp(impatient, (method) => {
      if (!/CreateSessions?$/.test(method)) return undefined
      asked += 1
      return { kind: 'hang' }
    })
    const askedAfterSending = async () => {
      await send(app, event)
      return asked
    }
    await expect.poll(askedAfterSending).toBeGreaterThan(1)
    proxy.fault = () => undefined
    await expect
      .poll(async () => (await send(app, event)).json().verdict, { timeout: 10_000 })
      .toMatch(/applied|duplicate/)
  })
})
