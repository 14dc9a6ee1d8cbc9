import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createKeySet } from '../../src/access/key-set.ts'
import type { Failure } from '../../src/failures.ts'
import { createIssuerKey } from './signed-token.ts'
import { answerWith, hangUp, keySet, startCertsServer } from './token-issuer.ts'

const hour = 3_600_000
const oneHour = { 'cache-control': 'public, max-age=3600, must-revalidate' }
const first = createIssuerKey('first')
const second = createIssuerKey('second')

/** The keys of a scripted server, on a clock that the test moves. */
async function openKeySet(answer = keySet([first.jwk], oneHour), timeoutMs = 10_000) {
  const certs = await startCertsServer(answer)
  onTestFinished(() => certs.close())
  // Counts requests when they are sent; they reach the server later.
  const fetch = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => fetch.mockRestore())
  const failures: Failure[] = []
  const clock = { now: 1_790_000_000_000 }
  const keys = createKeySet({
    url: certs.url,
    now: () => clock.now,
    onFailure: (failure) => failures.push(failure),
    timeoutMs
  })
  const has = async (kid: string) => (await keys.find(kid)) !== undefined
  return { certs, clock, failures, has, fetches: () => fetch.mock.calls.length }
}

describe('the key set', () => {
  test('is fetched once for concurrent callers, and not again while it is fresh', async () => {
    const { clock, has, fetches } = await openKeySet()
    expect(await Promise.all(Array.from({ length: 50 }, () => has('first')))).not.toContain(false)
    clock.now += hour - 1
    expect(await has('first')).toBe(true)
    expect(fetches()).toBe(1)
  })

  test('is refreshed in the background after its max-age, by its ETag', async () => {
    const answer = keySet([first.jwk], { ...oneHour, etag: '"v1"' })
    const { certs, clock, has, fetches } = await openKeySet(answer)
    await has('first')
    clock.now += hour
    expect(await has('first')).toBe(true)
    // A caller with an unknown id waits for the fetch in flight.
    expect(await has('unknown')).toBe(false)
    expect(certs.requests[1]).toMatchObject({ 'if-none-match': '"v1"' })
    clock.now += hour - 1
    expect(await has('first')).toBe(true)
    expect(fetches()).toBe(2)
  })

  test.each([
    ['no Cache-Control', {}, 299_000, 301_000],
    ['a max-age of ten years', { 'cache-control': 'max-age=315360000' }, 23 * hour, 24 * hour],
    ['a max-age of 0', { 'cache-control': 'max-age=0' }, 999, 1000]
  ])('with %s is kept for a bounded time', async (_name, headers, freshMs, staleMs) => {
    const { clock, has, fetches } = await openKeySet(keySet([first.jwk], headers))
    await has('first')
    const start = clock.now
    clock.now = start + freshMs
    await has('first')
    expect(fetches()).toBe(1)
    clock.now = start + staleMs
    await has('first')
    expect(fetches()).toBe(2)
  })

  test('that was rotated is fetched as soon as a token names a new key', async () => {
    const { certs, has, fetches } = await openKeySet()
    await has('first')
    certs.answer = keySet([second.jwk], oneHour)
    expect(await Promise.all([has('second'), has('second'), has('first')])).toEqual([
      true,
      true,
      true
    ])
    expect(await has('first')).toBe(false)
    expect(fetches()).toBe(2)
  })

  test('is fetched at most once a minute for unknown ids', async () => {
    const { clock, has, fetches } = await openKeySet()
    await has('first')
    await Promise.all(Array.from({ length: 50 }, (_, i) => has(`unknown-${i}`)))
    expect(fetches()).toBe(2)
    clock.now += 59_999
    expect(await has('unknown')).toBe(false)
    expect(fetches()).toBe(2)
    clock.now += 1
    expect(await has('unknown')).toBe(false)
    expect(fetches()).toBe(3)
  })

  test('is fetched again at once when the clock is set back', async () => {
    const { certs, clock, has } = await openKeySet()
    await has('unknown')
    clock.now -= hour
    certs.answer = keySet([second.jwk], oneHour)
    expect(await has('second')).toBe(true)
  })
})

describe('a key', () => {
  /** Whether the second key verifies, with these differences. */
  async function verifies(differences: object): Promise<boolean> {
    const { has } = await openKeySet(keySet([first.jwk, { ...second.jwk, ...differences }]))
    return has('second')
  }

  test.each([
    ['without use and key_ops', { use: undefined }],
    ['for signatures', { use: 'sig' }],
    ['that may verify', { use: undefined, key_ops: ['verify'] }],
    ['that may sign and verify', { key_ops: ['sign', 'verify'] }]
  ])('%s verifies', async (_name, differences) => {
    expect(await verifies(differences)).toBe(true)
  })

  test.each([
    ['for encryption', { use: 'enc' }],
    ['whose use is null', { use: null }],
    ['for signatures that may only sign', { use: 'sig', key_ops: ['sign'] }],
    ['that may do nothing', { key_ops: [] }],
    ['whose key_ops is text', { key_ops: 'verify' }],
    ['whose key_ops is null', { key_ops: null }]
  ])('%s does not verify', async (_name, differences) => {
    expect(await verifies(differences)).toBe(false)
  })
})

const redirect: RequestListener = (request, response) => {
  if (request.url === '/moved') keySet([first.jwk], oneHour)(request, response)
  else answerWith(302, '', { location: '/moved' })(request, response)
}

interface Outage {
  readonly name: string
  readonly answer: RequestListener
  readonly timeoutMs?: number
}

const outages: readonly Outage[] = [
  { name: 'hangs up', answer: hangUp },
  { name: 'does not answer in time', answer: () => undefined, timeoutMs: 1000 },
  {
    name: 'stops in the middle',
    answer: answerWith(200, '{"keys":[', { 'content-length': '1000' })
  },
  { name: 'answers 500', answer: answerWith(500, 'no') },
  { name: 'answers 304 to a request without an ETag', answer: answerWith(304, '') },
  { name: 'redirects to a good key set', answer: redirect },
  { name: 'answers with garbage', answer: answerWith(200, '<html>') },
  { name: 'answers with a set without keys', answer: keySet([]) },
  { name: 'answers with weak keys only', answer: keySet([{ ...first.jwk, e: 'AQ' }]) },
  { name: 'answers with keys for encryption only', answer: keySet([{ ...first.jwk, use: 'enc' }]) },
  { name: 'answers without end', answer: keySet([first.jwk, 'x'.repeat(300_000)]) }
]

describe.each(outages)('when the key server $name', ({ answer, timeoutMs }) => {
  test('a cold start has no keys, and has them as soon as the server is back', async () => {
    const { certs, failures, has } = await openKeySet(answer, timeoutMs)
    await expect(has('first')).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE' })
    expect(failures).toHaveLength(1)
    certs.answer = keySet([first.jwk], oneHour)
    expect(await has('first')).toBe(true)
  })

  test('cached keys work for an hour beyond their max-age, and the failure is reported', async () => {
    const { certs, clock, failures, has } = await openKeySet(undefined, timeoutMs)
    await has('first')
    certs.answer = answer
    clock.now += 2 * hour - 1
    expect(await has('first')).toBe(true)
    await expect.poll(() => failures.length, { timeout: 10_000 }).toBe(1)
    expect(await has('first')).toBe(true)
    clock.now += 1
    await expect(has('first')).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE' })
    certs.answer = keySet([second.jwk], oneHour)
    expect(await has('second')).toBe(true)
  })
})

test('a refresh that failed is tried again after a second', async () => {
  const { certs, clock, failures, has, fetches } = await openKeySet()
  await has('first')
  certs.answer = answerWith(500, 'no')
  clock.now += hour
  await has('first')
  await expect.poll(() => failures.length, { timeout: 10_000 }).toBe(1)
  await has('first')
  expect(fetches()).toBe(2)
  clock.now += 1000
  await has('first')
  await expect.poll(() => failures.length, { timeout: 10_000 }).toBe(2)
})

test('an id that is not found during an outage is unknown, not unavailable', async () => {
  const { certs, failures, has } = await openKeySet()
  await has('first')
  certs.answer = answerWith(500, 'no')
  expect(await has('second')).toBe(false)
  expect(inspect(failures, { depth: 9 })).toContain('the response has status 500')
})
