import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Store } from '../../src/store/store.ts'
import { refuseWrites } from '../support/refuse-writes.ts'
import { changed, deleted, openApp, send } from './open-app.ts'

const at = (second: number) => `2026-11-01T10:00:${String(second).padStart(2, '0')}Z`

describe('the service', () => {
  test('lands an event once and shows its row', async () => {
    const { app } = await openApp()
    const first = await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    expect(first.statusCode).toBe(200)
    expect(first.json()).toEqual({
      verdict: 'applied',
      commitTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    })
    const again = await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    expect(again.json()).toMatchObject({ verdict: 'duplicate' })
    const older = await send(app, changed('2', at(0), { id: 'a', value: 'blue' }))
    expect(older.json()).toMatchObject({ verdict: 'stale' })
    expect((await app.inject('/api/v1/data')).json()).toEqual([{ id: 'a', value: 'red' }])
    expect((await app.inject('/api/v1/data/a')).json()).toEqual({ id: 'a', value: 'red' })
  })

  test('never resurrects a deleted row by a late update', async () => {
    const { app } = await openApp()
    await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    await send(app, deleted('2', at(3), 'a'))
    const late = await send(app, changed('3', at(2), { id: 'a', value: 'late' }))
    expect(late.json()).toMatchObject({ verdict: 'stale' })
    expect((await app.inject('/api/v1/data')).json()).toEqual([])
    expect((await app.inject('/api/v1/data/a')).statusCode).toBe(404)
  })

  test('answers a batch with a verdict for each of its events', async () => {
    const { app } = await openApp()
    const batch = [
      changed('1', at(1), { id: 'a', value: 'red' }),
      changed('1', at(1), { id: 'a', value: 'red' }),
      changed('2', at(1), { id: 7 }),
      { ...changed('3', at(1), {}), type: 'com.example.unheard.of' }
    ]
    const answer = await app.inject({
      method: 'POST',
      url: '/events',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      payload: JSON.stringify(batch)
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject([
      { verdict: 'applied' },
      { verdict: 'duplicate' },
      { verdict: 'dead-lettered', reason: 'DATA_INVALID' },
      { verdict: 'dead-lettered', reason: 'EVENT_TYPE_UNKNOWN' }
    ])
  })

  test('answers a batch of one event with an array, and an empty batch with an empty array', async () => {
    const { app } = await openApp()
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const one = JSON.stringify([changed('1', at(1), { id: 'a', value: 'red' })])
    const answer = await app.inject({ method: 'POST', url: '/', headers, payload: one })
    expect(answer.json()).toMatchObject([{ verdict: 'applied' }])
    const none = await app.inject({ method: 'POST', url: '/', headers, payload: '[]' })
    expect(none.json()).toEqual([])
  })

  test('applies one of two hundred concurrent pushes of the same event', async () => {
    const { app } = await openApp()
    const event = changed('1', at(1), { id: 'a', value: 'red' })
    const answers = await Promise.all(Array.from({ length: 200 }, () => send(app, event)))
    const verdicts = answers.map((answer) => answer.json().verdict)
    expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(1)
    expect(verdicts.filter((verdict) => verdict === 'duplicate')).toHaveLength(199)
  })

  test('lands 499 of 500 concurrent events when one is poison, with one dead letter and no 503', async () => {
    const { app } = await openApp()
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_each, n) =>
        send(
          app,
          changed(`${n}`, at(1), n === 250 ? { id: 'x'.repeat(65) } : { id: `${n}`, value: 'v' })
        )
      )
    )
    expect(answers.every((answer) => answer.statusCode === 200)).toBe(true)
    const verdicts = answers.map((answer) => answer.json().verdict)
    expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(499)
    expect(verdicts.filter((verdict) => verdict === 'dead-lettered')).toHaveLength(1)
  })

  test('returns a token with which a read sees the write', async () => {
    const { app } = await openApp()
    const landed = await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    const after = encodeURIComponent(landed.json().commitTimestamp)
    expect((await app.inject(`/api/v1/data?after=${after}`)).json()).toHaveLength(1)
  })
})

describe('with POISON=reject', () => {
  test('answers 4xx with the reason and stores nothing', async () => {
    const { app } = await openApp({ POISON: 'reject' })
    const answer = await send(app, changed('1', at(1), { id: 7 }))
    expect(answer.statusCode).toBe(422)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ code: 'DATA_INVALID', status: 422 })
    const malformed = await app.inject({ method: 'POST', url: '/events', payload: 'nonsense' })
    expect(malformed.json()).toMatchObject({ code: 'ENVELOPE_UNKNOWN', status: 400 })
  })
})

describe('a failing store', () => {
  function failing(store: Store, failure: () => Failure | undefined): Store {
    return {
      ...store,
      commit: async (guards, decide) => {
        const error = failure()
        if (error) throw error
        return store.commit(guards, decide)
      }
    }
  }

  test.each([
    ['STORE_UNAVAILABLE', 503],
    ['STORE_CONTENDED', 503],
    ['STORE_INTERNAL', 503],
    ['STORE_MISCONFIGURED', 503]
  ] as const)(
    'answers %s with %i and Retry-After, dead-letters nothing, and recovers',
    async (code, status) => {
      let down = true
      const { app } = await openApp({ BREAKER_COOLDOWN_MS: '10' }, (store) =>
        failing(store, () => (down ? new Failure(code, 'not now') : undefined))
      )
      const event = changed('1', at(1), { id: 'a', value: 'red' })
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const answer = await send(app, event)
        expect(answer.statusCode).toBe(status)
        expect(answer.headers['retry-after']).toBe('1')
      }
      down = false
      await expect.poll(async () => (await send(app, event)).statusCode).toBe(200)
      expect((await app.inject('/api/v1/data')).json()).toEqual([{ id: 'a', value: 'red' }])
    }
  )

  test('makes the service not ready while the deployment is at fault', async () => {
    const { app } = await openApp({}, (store) =>
      failing(store, () => new Failure('STORE_MISCONFIGURED', 'no permission'))
    )
    expect((await app.inject('/health/ready')).statusCode).toBe(200)
    await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    const ready = await app.inject('/health/ready')
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toMatchObject({ code: 'STORE_MISCONFIGURED' })
    // Spanner's text about permissions is for the log only.
    expect(ready.body).not.toContain('no permission')
    expect((await app.inject('/health/live')).statusCode).toBe(200)
  })

  test('that refuses every commit while it can be read blames no event: 503, and not ready', async () => {
    const { app, store } = await openApp({ BREAKER_COOLDOWN_MS: '60000' }, refuseWrites)
    const events = Array.from({ length: 30 }, (_each, n) =>
      changed(`${n}`, at(1), n === 7 ? { id: 7 } : { id: `${n}`, value: 'v' })
    )
    const together = await Promise.all(events.map((event) => send(app, event)))
    expect(new Set(together.map(({ statusCode }) => statusCode))).toEqual(new Set([503]))
    const ready = await app.inject('/health/ready')
    expect(ready.json()).toMatchObject({ status: 503, code: 'STORE_MISCONFIGURED' })
    for (const event of events) expect((await send(app, event)).statusCode).toBe(503)
    expect((await app.inject('/metrics')).body).toContain('landfall_breaker_state{state="open"} 1')
    const select = { columns: ['id'], equals: {}, order: ['id'], limit: 100 }
    const letters = store.list({ ...select, table: deadLettersTable }, { kind: 'strong' })
    expect(await letters).toMatchObject({ rows: [] })
  })

  test('that hangs is answered 503 before the sender gives up', async () => {
    const { app } = await openApp(
      { DELIVERY_TIMEOUT_MS: '200', COMMIT_TIMEOUT_MS: '100' },
      (store) => ({ ...store, commit: () => new Promise(() => undefined) })
    )
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(changed('1', at(1), { id: 'a', value: 'red' }))
    })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('is ready again with the first commit that succeeds', async () => {
    let down = true
    const { app } = await openApp({}, (store) =>
      failing(store, () => (down ? new Failure('STORE_UNAVAILABLE', 'disk full') : undefined))
    )
    await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    expect((await app.inject('/health/ready')).statusCode).toBe(503)
    down = false
    await send(app, changed('1', at(1), { id: 'a', value: 'red' }))
    expect((await app.inject('/health/ready')).statusCode).toBe(200)
  })

  test('names every live table that differs from the collections', async () => {
    const { app } = await openApp({}, (store) => ({
      ...store,
      verify: async () => [{ table: 'items', message: 'items has no column value' }]
    }))
    const ready = await app.inject('/health/ready')
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toMatchObject({
      code: 'SCHEMA_DRIFT',
      detail: 'items has no column value',
      mismatches: [{ table: 'items' }]
    })
  })
})

describe('the edge', () => {
  test.each([
    ['GET', '/events', 'POST'],
    ['PUT', '/', 'POST'],
    ['OPTIONS', '/events?x=1', 'POST'],
    ['DELETE', '/events/', 'POST'],
    ['DELETE', 'http://landfall.example/events', 'POST'],
    ['POST', '/api/v1/data', 'GET, HEAD'],
    ['DELETE', '/api/v1/data/a', 'GET, HEAD'],
    ['POST', '/health/ready', 'GET, HEAD'],
    ['QUERY' as 'POST', '/events', 'POST']
  ] as const)('answers %s %s with 405 and Allow: %s', async (method, url, allow) => {
    const { app } = await openApp()
    const answer = await app.inject({ method, url })
    expect(answer.statusCode).toBe(405)
    expect(answer.headers['allow']).toBe(allow)
    expect(answer.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
  })

  test.each(['/nothing', '/api/v1/nothing', '/events/more', '/api/v2/data'])(
    'answers GET %s with 404 as problem details',
    async (url) => {
      const { app } = await openApp()
      const answer = await app.inject(url)
      expect(answer.statusCode).toBe(404)
      expect(answer.headers['content-type']).toContain('application/problem+json')
    }
  )

  test('answers KEY_INVALID to a path that cannot be percent-decoded', async () => {
    const { app } = await openApp()
    expect((await app.inject('/api/v1/data/%zz')).json()).toMatchObject({ code: 'KEY_INVALID' })
  })

  test.each([
    ['no Content-Type', {}],
    ['a malformed Content-Type', { 'content-type': '///;;' }],
    ['an empty Content-Type', { 'content-type': '' }],
    ['text/plain', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }]
  ])('never answers 4xx to a delivery for %s', async (_name, headers) => {
    const { app } = await openApp()
    const answer = await app.inject({ method: 'POST', url: '/events', headers, payload: 'hello' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ verdict: 'dead-lettered' })
  })

  test('accepts a body of 16 MiB and answers 413 to a larger one', async () => {
    const { app } = await openApp()
    const send = (bytes: number) =>
      app.inject({ method: 'POST', url: '/events', payload: Buffer.alloc(bytes, 'x') })
    expect((await send(16 * 1024 * 1024)).statusCode).toBe(200)
    const tooLarge = await send(16 * 1024 * 1024 + 1)
    expect(tooLarge.statusCode).toBe(413)
    expect(tooLarge.json()).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  test('inflates a body that a publisher has compressed', async () => {
    const { app } = await openApp()
    const event = JSON.stringify(changed('1', at(1), { id: 'a', value: 'red' }))
    const answer = await app.inject({
      method: 'POST',
      url: '/events',
      headers: { 'content-type': 'application/cloudevents+json', 'content-encoding': 'gzip' },
      payload: gzipSync(event)
    })
    expect(answer.json()).toMatchObject({ verdict: 'applied' })
  })

  test.each([
    ['is not gzip although its header says so', 'gzip', Buffer.from('{}')],
    ['has an unknown encoding', 'rot13', Buffer.from('{}')],
    ['inflates to more than 16 MiB', 'gzip', gzipSync(Buffer.alloc(17 * 1024 * 1024))]
  ])('dead-letters a body that %s', async (_name, encoding, payload) => {
    const { app } = await openApp()
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
    const answer = await app.inject({ method: 'POST', url: '/events', headers, payload })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      verdict: 'dead-lettered',
      reason: 'BODY_ENCODING_INVALID'
    })
  })

  test('counts a body until its work is done, even when the sender has hung up', async () => {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const { app } = await openApp({ QUEUE_MAX_BYTES: String(1024 * 1024) }, (store) => ({
      ...store,
      commit: async (guards, decide) => {
        reached.resolve()
        await gate.promise
        return store.commit(guards, decide)
      }
    }))
    const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
    // Space around the event counts at the edge, but not in the commit.
    const large = (id: string) =>
      JSON.stringify(changed(id, at(1), { id, value: 'v' })) + ' '.repeat(700_000)
    const headers = { 'content-type': 'application/cloudevents+json' }
    const hangUp = new AbortController()
    const hungUp = Promise.withResolvers<void>()
    app.server.on('connection', (socket) =>
      socket.once('close', () => setImmediate(hungUp.resolve))
    )
    const second = () =>
      app.inject({ method: 'POST', url: '/events', headers, payload: large('2') })
    const url = `http://127.0.0.1:${port}/events`
    const first = fetch(url, { method: 'POST', headers, body: large('1'), signal: hangUp.signal })
    await reached.promise
    hangUp.abort()
    await expect(first).rejects.toThrow()
    await hungUp.promise
    expect((await second()).json()).toMatchObject({
      code: 'QUEUE_FULL'
    })
    gate.resolve()
    await expect.poll(async () => (await second()).statusCode).toBe(200)
  })

  test('answers 503 at once when too many bytes are in progress, and recovers', async () => {
    const gate = Promise.withResolvers<void>()
    const { app } = await openApp({ REQUESTS_MAX: '2' }, (store) => ({
      ...store,
      commit: async (guards, decide) => {
        await gate.promise
        return store.commit(guards, decide)
      }
    }))
    const event = (n: number) => send(app, changed(`${n}`, at(1), { id: `${n}`, value: 'v' }))
    const accepted = [event(1), event(2)]
    await Promise.resolve()
    const refused = await event(3)
    expect(refused.statusCode).toBe(503)
    expect(refused.json()).toMatchObject({ code: 'QUEUE_FULL' })
    expect(refused.headers['retry-after']).toBe('1')
    gate.resolve()
    for (const answer of await Promise.all(accepted)) expect(answer.statusCode).toBe(200)
    expect((await event(3)).statusCode).toBe(200)
  })
})
