import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSigningKeys } from '../../src/access/signing-keys.ts'
import type { Failure } from '../../src/failures.ts'
import { createIssuerKey } from './signed-token.ts'
import { answerWith, hangUp, keySet, startCertsServer } from './token-issuer.ts'

const hour = 3_600_000
const oneHour = { 'cache-control': 'public, max-age=3600, must-revalidate' }
const first = createIssuerKey('first')
const second = createIssuerKey('second')

/** Keys of a server that answers as it is told, on a clock that is moved by hand. */
async function openKeys(answer = keySet([first.jwk], oneHour)) {
  const certs = await startCertsServer(answer)
  onTestFinished(() => certs.close())
  // Counts what is sent at the moment it is sent; the server hears of it later.
  const fetch = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => fetch.mockRestore())
  const failures: Failure[] = []
  const clock = { now: 1_790_000_000_000 }
  const keys = createSigningKeys({
    url: certs.url,
    now: () => clock.now,
    onFailure: (failure) => failures.push(failure),
    timeoutMs: 200
  })
  const has = async (kid: string) => (await keys.find(kid)) !== undefined
  return { certs, clock, failures, keys, has, fetches: () => fetch.mock.calls.length }
}

describe('the key set', () => {
  it('is fetched once for all who ask at the same time, and not again while it is fresh', async () => {
    const { clock, has, fetches } = await openKeys()
    expect(await Promise.all(Array.from({ length: 50 }, () => has('first')))).not.toContain(false)
    clock.now += hour - 1
    expect(await has('first')).toBe(true)
    expect(fetches()).toBe(1)
  })

  it('is refreshed in the background after its max-age, by its ETag', async () => {
    const answer = keySet([first.jwk], { ...oneHour, etag: '"v1"' })
    const { certs, clock, has, fetches } = await openKeys(answer)
    await has('first')
    clock.now += hour
    expect(await has('first')).toBe(true)
    // Whoever asks for an unknown id waits for the fetch that is in flight.
    expect(await has('unknown')).toBe(false)
    expect(certs.requests[1]).toMatchObject({ 'if-none-match': '"v1"' })
    clock.now += hour - 1
    expect(await has('first')).toBe(true)
    expect(fetches()).toBe(2)
  })

  it.each([
    ['no Cache-Control', {}, 299_000, 301_000],
    ['a max-age of ten years', { 'cache-control': 'max-age=315360000' }, 23 * hour, 24 * hour],
    ['a max-age of 0', { 'cache-control': 'max-age=0' }, 999, 1000]
  ])('with %s is kept for a bounded time', async (_name, headers, freshMs, staleMs) => {
    const { clock, has, fetches } = await openKeys(keySet([first.jwk], headers))
    await has('first')
    const start = clock.now
    clock.now = start + freshMs
    await has('first')
    expect(fetches()).toBe(1)
    clock.now = start + staleMs
    await has('first')
    expect(fetches()).toBe(2)
  })

  it('that was rotated is fetched as soon as a token names a new key', async () => {
    const { certs, has, fetches } = await openKeys()
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

  it('is fetched at most once a minute for ids that nobody knows', async () => {
    const { clock, has, fetches } = await openKeys()
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

  it('is looked for again at once when the clock is set back', async () => {
    const { certs, clock, has } = await openKeys()
    await has('unknown')
    clock.now -= hour
    certs.answer = keySet([second.jwk], oneHour)
    expect(await has('second')).toBe(true)
  })
})

const redirect: RequestListener = (request, response) => {
  if (request.url === '/moved') keySet([first.jwk], oneHour)(request, response)
  else answerWith(302, '', { location: '/moved' })(request, response)
}

const outages = [
  ['hangs up', hangUp],
  ['does not answer in time', () => undefined],
  ['stops in the middle', answerWith(200, '{"keys":[', { 'content-length': '1000' })],
  ['answers 500', answerWith(500, 'no')],
  ['answers 304 to who has nothing', answerWith(304, '')],
  ['redirects to a good key set', redirect],
  ['answers with garbage', answerWith(200, '<html>')],
  ['answers with a set without keys', keySet([])],
  ['answers with weak keys only', keySet([{ ...first.jwk, e: 'AQ' }])],
  ['answers without end', keySet([first.jwk, 'x'.repeat(300_000)])]
] as const

describe.each(outages)('when the certificate server %s', (_name, outage) => {
  it('nobody can be checked at a cold start, and everybody as soon as it is back', async () => {
    const { certs, failures, has } = await openKeys(outage)
    await expect(has('first')).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE' })
    expect(failures).toHaveLength(1)
    certs.answer = keySet([first.jwk], oneHour)
    expect(await has('first')).toBe(true)
  })

  it('the keys at hand work for an hour beyond their max-age, and the failure is told', async () => {
    const { certs, clock, failures, has } = await openKeys()
    await has('first')
    certs.answer = outage
    clock.now += 2 * hour - 1
    expect(await has('first')).toBe(true)
    await expect.poll(() => failures.length).toBe(1)
    expect(await has('first')).toBe(true)
    clock.now += 1
    await expect(has('first')).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE' })
    certs.answer = keySet([second.jwk], oneHour)
    expect(await has('second')).toBe(true)
  })
})

it('a refresh that failed is tried again after a second', async () => {
  const { certs, clock, failures, has, fetches } = await openKeys()
  await has('first')
  certs.answer = answerWith(500, 'no')
  clock.now += hour
  await has('first')
  await expect.poll(() => failures.length).toBe(1)
  await has('first')
  expect(fetches()).toBe(2)
  clock.now += 1000
  await has('first')
  await expect.poll(() => failures.length).toBe(2)
})

it('an id that is looked for in vain during an outage is unknown, not unavailable', async () => {
  const { certs, failures, has } = await openKeys()
  await has('first')
  certs.answer = answerWith(500, 'no')
  expect(await has('second')).toBe(false)
  expect(inspect(failures, { depth: 9 })).toContain('the answer has the status 500')
})
