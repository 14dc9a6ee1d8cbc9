import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createApiKey } from '../../src/access/api-keys.ts'
import { createTokenBucket, openReadAuth } from '../../src/access/read-auth.ts'
import { secret, startSecretManager } from './secret-manager-server.ts'

const all = createApiKey()
const items = createApiKey()
const ended = createApiKey()
const lasting = createApiKey()
const unlisted = createApiKey()

function entry(name: string, key: string, more: object = {}) {
  return { name, sha256: createHash('sha256').update(key).digest('hex'), ...more }
}

const entries = [
  entry('all', all),
  entry('items', items, { collections: ['items'] }),
  entry('ended', ended, { expires: '2020-01-01T00:00:00Z' }),
  entry('weak', 'password'),
  entry('lasting', lasting, { expires: '9999-01-01T00:00:00Z' })
]

const options = {
  mode: 'api-key',
  secretManagerHost: undefined,
  ttlMs: 60_000,
  readsPerMinute: 1000,
  onChange: () => undefined,
  onWarning: () => undefined
} as const

async function fileWith(keys: readonly object[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'keys.json'), JSON.stringify({ keys }))
  return join(dir, 'keys.json')
}

async function open(more: Partial<Parameters<typeof openReadAuth>[0]> = {}) {
  const auth = await openReadAuth({ ...options, secret: await fileWith(entries), ...more })
  onTestFinished(() => auth.close())
  return auth
}

const allowed = 'allowed'
const send = (key: string) => ({ 'x-api-key': [key] })

describe('a read with an API key', () => {
  test.each<[string, Readonly<Record<string, readonly string[]>>, string]>([
    ['as x-api-key', send(all), allowed],
    ['as Bearer', { authorization: [`Bearer ${all}`] }, allowed],
    ['as bearer, in any case', { authorization: [`bEARER  ${all}`] }, allowed],
    ['for this collection', send(items), allowed],
    ['that expires later', send(lasting), allowed],
    ['that is absent', {}, 'API_KEY_INVALID'],
    ['that is empty', send(''), 'API_KEY_INVALID'],
    ['that is not listed', send(unlisted), 'API_KEY_INVALID'],
    ['that has expired', send(ended), 'API_KEY_INVALID'],
    ['that is cut short', send(all.slice(0, -1)), 'API_KEY_INVALID'],
    ['with a character more', send(`${all}A`), 'API_KEY_INVALID'],
    ['in another case', send(all.toUpperCase()), 'API_KEY_INVALID'],
    ['that is the hash', send(entries[0]?.sha256 ?? ''), 'API_KEY_INVALID'],
    ['with a line end', send(`${all}\n`), 'API_KEY_INVALID'],
    ['that is listed but not random', send('password'), 'API_KEY_INVALID'],
    ['as Basic', { authorization: [`Basic ${all}`] }, 'API_KEY_INVALID'],
    ['without a scheme', { authorization: [all] }, 'API_KEY_INVALID'],
    ['in both headers', { ...send(all), authorization: [`Bearer ${all}`] }, 'API_KEY_INVALID'],
    ['twice', { 'x-api-key': [all, all] }, 'API_KEY_INVALID'],
    ['beside another scheme', { ...send(all), authorization: ['Basic x'] }, 'API_KEY_INVALID'],
    ['of 100 KB', send('x'.repeat(100_000)), 'API_KEY_INVALID']
  ])('%s gets the right outcome', async (_name, headers, expected) => {
    const auth = await open()
    const outcome = await auth.authorize(headers, 'items').then(
      () => allowed,
      (error) => error.code
    )
    expect(outcome).toBe(expected)
  })

  test('is forbidden outside the collections of its key', async () => {
    const auth = await open()
    await auth.authorize(send(all), 'orders')
    await expect(auth.authorize(send(items), 'orders')).rejects.toMatchObject({
      code: 'CALLER_FORBIDDEN',
      message: 'the API key items may not read orders'
    })
  })

  test('is refused without quoting its key', async () => {
    const auth = await open({ readsPerMinute: 1 })
    await auth.authorize(send(items), 'items')
    for (const key of [items, ended, unlisted]) {
      const error = await auth.authorize(send(key), 'items').catch((thrown) => thrown)
      expect(error.message).not.toContain(key)
    }
  })

  test('is refused when its key has used its reads, while other keys still work', async () => {
    const auth = await open({ readsPerMinute: 3 })
    for (let n = 0; n < 3; n++) await auth.authorize(send(all), 'items')
    await expect(auth.authorize(send(all), 'items')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await auth.authorize(send(items), 'items')
  })

  test('is not counted when it was forbidden', async () => {
    const auth = await open({ readsPerMinute: 1 })
    for (let n = 0; n < 5; n++) {
      await auth.authorize(send(items), 'orders').catch(() => undefined)
    }
    await auth.authorize(send(items), 'items')
  })

  test('gets no new reads when the secret is read again', async () => {
    const server = await startSecretManager()
    server.addVersion(JSON.stringify({ keys: entries }))
    const auth = await open({
      secret: `${secret}/versions/1`,
      secretManagerHost: server.host,
      readsPerMinute: 1,
      ttlMs: 100
    })
    await auth.authorize(send(all), 'items')
    await expect.poll(() => server.requests.length).toBeGreaterThan(2)
    await expect(auth.authorize(send(all), 'items')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  })
})

describe('keys in Secret Manager', () => {
  test('change without a restart: the new one works, the removed one does not', async () => {
    const server = await startSecretManager()
    server.addVersion(JSON.stringify({ keys: [entry('old', all)] }))
    const changes: string[] = []
    const auth = await open({
      secret: `${secret}/versions/latest`,
      secretManagerHost: server.host,
      ttlMs: 100,
      onChange: (version) => changes.push(version)
    })
    await auth.authorize(send(all), 'items')
    server.addVersion(JSON.stringify({ keys: [entry('new', items)] }))
    await expect.poll(() => changes).toEqual([`${secret}/versions/1`, `${secret}/versions/2`])
    await auth.authorize(send(items), 'items')
    await expect(auth.authorize(send(all), 'items')).rejects.toMatchObject({
      code: 'API_KEY_INVALID'
    })
  })

  test.each<[string, (server: Awaited<ReturnType<typeof startSecretManager>>) => void, RegExp]>([
    ['the server is killed', (server) => server.kill(), /did not return/],
    [
      'the checksum is wrong',
      (server) => Object.assign(server, { fault: { kind: 'wrong checksum' } }),
      /CRC32C/
    ],
    [
      'permission is taken away',
      (server) => Object.assign(server, { fault: { kind: 'fail', code: 7, message: 'no' } }),
      /PERMISSION_DENIED/
    ],
    ['the new version is garbage', (server) => server.addVersion('garbage'), /not JSON/]
  ])('stay the last good ones when %s', async (_name, breakIt, said) => {
    const server = await startSecretManager()
    server.addVersion(JSON.stringify({ keys: entries }))
    const warnings: string[] = []
    const auth = await open({
      secret: `${secret}/versions/latest`,
      secretManagerHost: server.host,
      ttlMs: 100,
      onWarning: (error) => warnings.push(String(error))
    })
    breakIt(server)
    await expect.poll(() => warnings.length).toBeGreaterThan(1)
    expect(warnings.filter((warning) => !said.test(warning))).toEqual([])
    await auth.authorize(send(all), 'items')
    expect(auth.status()).toMatchObject({ version: `${secret}/versions/1` })
  })
})

describe('a start', () => {
  test.each([
    ['no secret', undefined],
    ['an absent file', '/nowhere/keys.json'],
    ['garbage', import.meta.filename],
    ['half a name', 'projects/p/secrets/s']
  ])('fails with SECRET_INVALID for API keys in %s', async (_name, where) => {
    await expect(open({ secret: where })).rejects.toMatchObject({ code: 'SECRET_INVALID' })
  })

  test('fails with SECRET_INVALID when Secret Manager is down', async () => {
    const server = await startSecretManager()
    server.kill()
    const opening = open({ secret: `${secret}/versions/1`, secretManagerHost: server.host })
    await expect(opening).rejects.toMatchObject({ code: 'SECRET_INVALID' })
  })
})

test.each(['cloud-run', 'none'] as const)('with %s every read is allowed', async (mode) => {
  const auth = await open({ mode, secret: undefined })
  await auth.authorize({}, 'items')
  expect(auth.status()).toBeUndefined()
})

test('a token bucket allows the reads of a minute at once, then one per share of the minute', () => {
  const take = createTokenBucket(60)
  const taken = (times: number, now: number) =>
    Array.from({ length: times }, () => take(now)).filter(Boolean).length
  expect(taken(100, 5000)).toBe(60)
  expect(taken(1, 5999)).toBe(0)
  expect(taken(2, 6000)).toBe(1)
  expect(taken(10, 9000)).toBe(3)
  expect(taken(100, 3_600_000)).toBe(60)
})
