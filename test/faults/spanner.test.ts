import { describe, expect, inject, test } from 'vitest'
import { inScript } from '../../dev/faults/fault-profiles.ts'
import type { Fault } from '../../dev/faults/grpc-proxy.ts'
import { changed, send } from '../http/open-app.ts'
import { exampleOrder } from './example-order.ts'
import { impatient, openFaultyApp, status } from './open-faulty-app.ts'

const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })

describe('Spanner in trouble', () => {
  test.each([
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

  test.each<[string, Fault]>([
    ['by UNAVAILABLE', { kind: 'lose', status: status.unavailable }],
    ['by DEADLINE_EXCEEDED', { kind: 'lose', status: status.deadlineExceeded }],
    ['by CANCELLED', { kind: 'lose', status: status.cancelled }],
    ['by UNKNOWN', { kind: 'lose', status: status.unknown }],
    ['by INTERNAL', { kind: 'lose', status: status.internal }],
    ['by ABORTED', { kind: 'lose', status: status.aborted }],
    ['by a stream that is reset', { kind: 'reset', after: true }],
    ['by a connection that is closed', { kind: 'hang-up', after: true }],
    ['in a black hole', { kind: 'hang', after: true }]
  ])(
    'has its effect once when the commit succeeded and its answer was lost %s',
    async (_way, lost) => {
      const { app, proxy } = await openFaultyApp(impatient)
      const faultOf = inScript([['Commit', lost]])
      proxy.fault = faultOf
      const order = JSON.parse(await exampleOrder())
      const first = (await send(app, order)).json()
      // Where the service tries again by itself, it finds what its first try wrote.
      expect(['STORE_UNAVAILABLE', 'duplicate']).toContain(first.code ?? first.verdict)
      const sales = (await app.inject('/api/v1/daily-sales')).json()
      expect(sales.length).toBeGreaterThan(0)
      await expect.poll(async () => (await send(app, order)).json().verdict).toBe('duplicate')
      expect((await app.inject('/api/v1/daily-sales')).json()).toEqual(sales)
    }
  )

  test.each([1, 3, 20])('tries a transaction again that is aborted %i times', async (times) => {
    const { app, proxy, metrics } = await openFaultyApp()
    const aborted = { kind: 'fail', status: status.aborted } as const
    proxy.fault = inScript(Array.from({ length: times }, () => ['Commit', aborted] as const))
    expect((await send(app, event)).json()).toMatchObject({ verdict: 'applied' })
    expect((await metrics.commitAborts.get()).values).toMatchObject([{ value: times }])
  })

  test('gives up on a transaction that is aborted for ever, in time, without an effect', async () => {
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

  test('answers 503 within the deadline when Spanner hangs, and lands the event when it is back', async () => {
    const { app, proxy } = await openFaultyApp(impatient)
    proxy.fault = () => ({ kind: 'hang' })
    const answer = await send(app, event)
    expect(answer.statusCode).toBe(503)
    proxy.fault = () => undefined
    await expect
      .poll(async () => (await send(app, event)).json().verdict)
      .toMatch(/applied|duplicate/)
  })

  test('asks a Spanner that is down a few times only, however many events arrive', async () => {
    const { app, proxy } = await openFaultyApp({ BREAKER_COOLDOWN_MS: '60000' })
    let calls = 0
    proxy.fault = () => {
      calls += 1
      return { kind: 'fail', status: status.unavailable }
    }
    for (let n = 0; n < 200; n += 1) expect((await send(app, event)).statusCode).toBe(503)
    expect(calls).toBeLessThan(50)
  })

  test('refuses at once what arrives after one commit that was never answered', async () => {
    const { app, proxy } = await openFaultyApp({ ...impatient, BREAKER_COOLDOWN_MS: '60000' })
    let calls = 0
    await send(app, event)
    proxy.fault = (method) => {
      if (method === 'Commit') calls += 1
      return method === 'Commit' ? { kind: 'hang' } : undefined
    }
    for (let n = 0; n < 20; n += 1) {
      const next = changed(`next-${n}`, '2026-11-02T10:00:00Z', { id: `${n}`, value: 'v' })
      expect((await send(app, next)).statusCode).toBe(503)
    }
    expect(calls).toBe(1)
  })

  test('dead-letters half of an emoji before Spanner can call it an internal error, and lands its batch', async () => {
    const { app, proxy, deadLetters } = await openFaultyApp()
    let commits = 0
    proxy.fault = (method) => {
      commits += Number(method === 'Commit')
      return undefined
    }
    const half = changed('half', '2026-11-01T10:00:00Z', { id: 'half', value: 'tea \ud83c' })
    const answer = await app.inject({
      method: 'POST',
      url: '/events',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      payload: JSON.stringify([event, half])
    })
    expect(answer.json()).toMatchObject([
      { verdict: 'applied' },
      { verdict: 'dead-lettered', reason: 'VALUE_INVALID' }
    ])
    expect(commits).toBe(1)
    expect(await deadLetters()).toHaveLength(1)
  })

  test.each([
    ['a missing table', status.notFound, 'Table not found: items'],
    ['a missing permission', status.permissionDenied, 'no permission on items'],
    ['missing credentials', status.unauthenticated, 'no credentials']
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

describe('sessions', () => {
  test.runIf(inject('spanner') === 'model')(
    'are multiplexed, as in production: one for everything',
    async () => {
      let created = 0
      const { app } = await openFaultyApp({}, (method) => {
        created += Number(/CreateSession/.test(method))
        return undefined
      })
      const events = Array.from({ length: 20 }, (_each, n) =>
        changed(`${n}`, '2026-11-01T10:00:00Z', { id: `${n}`, value: 'v' })
      )
      await Promise.all(events.map((one) => send(app, one)))
      await Promise.all(events.map(({ data }) => app.inject(`/api/v1/data/${data['id']}`)))
      expect(created).toBe(1)
    }
  )
})

describe('a session that Spanner never creates', () => {
  test('is asked for again, and events land as soon as one is created', async () => {
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
      .poll(async () => (await send(app, event)).json().verdict)
      .toMatch(/applied|duplicate/)
  })
})
