import { describe, expect, test, vi } from 'vitest'
import type { Clock } from '../../../dev/simulator/clock.ts'
import type { Encoded } from '../../../dev/simulator/envelopes.ts'
import { type Answer, type Pushable, simulate } from '../../../dev/simulator/simulate.ts'
import { startPushServer } from './push-server.ts'

/** Let everything happen that needs no time. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A clock that is moved by sleeping only, `overshoot` times as far as asked. */
function createFakeClock(overshoot = 1) {
  let at = 0
  const slept: number[] = []
  const clock: Clock = {
    now: () => at,
    async sleep(ms) {
      slept.push(ms)
      await settle()
      at += Math.max(0, ms) * overshoot
    }
  }
  return { clock, slept }
}

const message = (body: string, orderingKey?: string): Pushable => ({
  ...(orderingKey !== undefined && { orderingKey }),
  encode: (attempt) => ({ path: '/events', headers: {}, body: `${body} ${attempt}` })
})
const messages = (count: number) => Array.from({ length: count }, (_, i) => message(String(i)))
const usual = { pace: { concurrency: 8 }, maxAttempts: 20, maxBackoffMs: 60_000 }

/** A service whose answers the test gives. */
function createManualService() {
  const pending: { body: string; answer(status: number): void }[] = []
  let most = 0
  const post = ({ body }: Encoded) =>
    new Promise<Answer>((resolve) => {
      const answer = (status: number) => {
        pending.splice(pending.indexOf(entry), 1)
        resolve({ status, body: '' })
      }
      const entry = { body, answer }
      pending.push(entry)
      most = Math.max(most, pending.length)
    })
  return { post, pending, most: () => most }
}

describe('over real sockets', () => {
  const pushOnce = async (answer: Parameters<typeof startPushServer>[0]) => {
    const { client, arrived } = await startPushServer(answer)
    const { clock, slept } = createFakeClock()
    const { pushed } = await simulate([message('m')], { ...usual, post: client.post, clock })
    return { ...pushed[0], slept, bodies: arrived.map(({ body }) => body) }
  }

  test.each([200, 201, 202, 204])('a message that is answered %i is done', async (status) => {
    const { acknowledged, bodies } = await pushOnce((_, response) =>
      response.writeHead(status).end()
    )
    expect({ acknowledged, bodies }).toEqual({ acknowledged: true, bodies: ['m 1'] })
  })

  test.each([203, 206, 302, 400, 401, 404, 429, 500, 503])(
    'a message that is answered %i is delivered again as its next attempt',
    async (status) => {
      const { acknowledged, bodies, failures } = await pushOnce((_, response, count) =>
        response.writeHead(count < 3 ? status : 204).end()
      )
      expect(acknowledged).toBe(true)
      expect(bodies).toEqual(['m 1', 'm 2', 'm 3'])
      expect(failures).toEqual([String(status), String(status)])
    }
  )

  test('a message whose connection breaks is delivered again', async () => {
    const { acknowledged, failures } = await pushOnce((_, response, count) =>
      count === 1 ? response.destroy() : response.end()
    )
    expect({ acknowledged, failures }).toEqual({ acknowledged: true, failures: ['ECONNRESET'] })
  })

  test('a message whose answer breaks off is delivered again', async () => {
    const { acknowledged, failures } = await pushOnce((_, response, count) => {
      if (count > 1) return response.end()
      response.writeHead(200, { 'content-length': '10' }).write('12345')
      return setImmediate(() => response.destroy())
    })
    expect(acknowledged).toBe(true)
    expect(failures).toEqual(['ECONNRESET'])
  })

  test('a message that is not answered in time is delivered again', async () => {
    const { acknowledged, failures } = await pushOnce((_, response, count) => {
      if (count > 1) response.end()
    })
    expect({ acknowledged, failures }).toEqual({
      acknowledged: true,
      failures: ['no answer in time']
    })
  })
})

test('pauses double from 100 ms to the limit, and the last attempt has none after it', async () => {
  const { clock, slept } = createFakeClock()
  const post = async () => ({ status: 503, body: 'no' })
  const options = { ...usual, post, clock, maxAttempts: 8, maxBackoffMs: 2000 }
  const { pushed } = await simulate([message('m')], options)
  expect(slept).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
  expect(pushed).toMatchObject([
    { acknowledged: false, answer: { status: 503 }, latencyMs: 7100, failures: { length: 8 } }
  ])
})

test('messages stay in order, and each that settles is reported', async () => {
  const told: number[] = []
  const sent: string[] = []
  const post = async ({ body }: Encoded) => {
    sent.push(body)
    return { status: 200, body }
  }
  const onSettled = (done: number) => void told.push(done)
  const { pushed } = await simulate(messages(30), { ...usual, post, onSettled })
  expect(sent).toEqual(messages(30).map((_, i) => `${i} 1`))
  expect(pushed.map(({ answer }) => answer?.body)).toEqual(sent)
  expect(told).toEqual(sent.map((_, i) => i + 1))
})

describe('within a window', () => {
  test('slow start sends a few at first, twice as many when they are answered, then the limit', async () => {
    const { post, pending, most } = createManualService()
    const done = simulate(messages(100), { ...usual, post, pace: { concurrency: 12 } })
    const outstanding: number[] = []
    while (await Promise.race([done.then(() => false), settle().then(() => true)])) {
      outstanding.push(pending.length)
      for (const { answer } of [...pending]) answer(200)
    }
    expect(outstanding.slice(0, 4)).toEqual([4, 8, 12, 12])
    expect(most()).toBe(12)
  })

  test('after nacks the window is halved, and redeliveries go out before new messages', async () => {
    const { clock } = createFakeClock()
    const { post, pending } = createManualService()
    void simulate(messages(100), { ...usual, post, clock })
    await settle()
    for (const { answer } of [...pending]) answer(503)
    await vi.waitUntil(() => pending.length > 1)
    expect(pending.map(({ body }) => body)).toEqual(['4 1', '5 1'])
    await settle()
    for (const { answer } of [...pending]) answer(200)
    await settle()
    expect(pending.map(({ body }) => body)).toEqual(['0 2', '1 2', '2 2', '3 2'])
  })
})

describe('at a fixed rate', () => {
  test('messages go out when they are due, even when answers are slow', async () => {
    const { clock, slept } = createFakeClock()
    const { post, pending } = createManualService()
    void simulate(messages(40), { ...usual, post, clock, pace: { rate: 10 } })
    await vi.waitUntil(() => pending.length === 40)
    expect(slept).toEqual([0, ...Array.from({ length: 39 }, () => 100)])
  })

  test('latency counts from when a message was due, so a stall of the sender is not hidden', async () => {
    // Every pause takes ten times as long: all but the first two are sent too late.
    const { clock } = createFakeClock(10)
    const post = async () => ({ status: 200, body: '' })
    const { pushed } = await simulate(messages(5), { ...usual, post, clock, pace: { rate: 10 } })
    expect(pushed.map(({ latencyMs }) => latencyMs)).toEqual([0, 900, 800, 700, 600])
  })

  test('latency counts the wait for the message before it with the same key', async () => {
    const { clock } = createFakeClock()
    let busy = true
    const post = async () => {
      if (busy) await clock.sleep(1000)
      busy = false
      return { status: 200, body: '' }
    }
    const both = [message('a', 'k'), message('b', 'k')]
    const { pushed } = await simulate(both, { ...usual, post, clock, pace: { rate: 1000 } })
    expect(pushed[1]?.latencyMs).toBeGreaterThanOrEqual(999)
  })
})

describe('of messages with one ordering key', () => {
  test('one is outstanding, and a nack delays those after it', async () => {
    const { clock } = createFakeClock()
    const { post, pending } = createManualService()
    const sent = ['a', 'b', 'c'].map((name) => message(name, 'k'))
    void simulate([...sent, message('other', 'x'), message('none')], { ...usual, post, clock })
    const answer = async (status: number) => {
      await settle()
      const outstanding = pending.map(({ body }) => body)
      pending[0]?.answer(status)
      return outstanding
    }
    expect(await answer(503)).toEqual(['a 1', 'other 1', 'none 1'])
    expect((await answer(200)).concat(await answer(200))).not.toContain('b 1')
    expect(await answer(200)).toEqual(['a 2'])
    expect(await answer(200)).toEqual(['b 1'])
    expect(await answer(200)).toEqual(['c 1'])
  })
})
