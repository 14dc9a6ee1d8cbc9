import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createApiKey } from '../../src/access/api-keys.ts'
import { secret, startSecretManager } from '../access/secret-manager-server.ts'
import { changed } from '../http/open-app.ts'
import { exitOf, push, runService, startService } from './start-service.ts'

const secretEnv = {
  READ_AUTH: 'api-key',
  API_KEYS_SECRET: `${secret}/versions/latest`,
  SECRET_TTL_MS: '100'
}

function secretWith(...keys: readonly (readonly [string, string, object?])[]): string {
  return JSON.stringify({
    keys: keys.map(([name, key, more]) => ({
      name,
      sha256: createHash('sha256').update(key).digest('hex'),
      ...more
    }))
  })
}

async function read(url: string, headers: Record<string, string> = {}, path = 'data') {
  const answer = await fetch(`${url}/api/v1/${path}`, { headers })
  const type = answer.headers.get('content-type')
  const body: unknown = await answer.json()
  return { status: answer.status, type, body }
}

const problem = (status: number, code: string) => ({
  status,
  type: expect.stringMatching(/^application\/problem\+json/),
  body: expect.objectContaining({ status, code })
})

/** A service with two keys, and a row to read. */
async function start(more: Readonly<Record<string, string>> = {}) {
  const server = await startSecretManager()
  const [all, orders] = [createApiKey(), createApiKey()]
  server.addVersion(secretWith(['all', all], ['orders', orders, { collections: ['orders'] }]))
  const service = await startService({
    ...secretEnv,
    SECRET_MANAGER_EMULATOR_HOST: server.host,
    ...more
  })
  await push(service.url, changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }))
  return { server, service, url: service.url, all, orders }
}

const row = { id: 'a', value: 'red' }

test('answers a read with a key that allows it, and 401, 403 or 429 to others', async () => {
  const { service, url, all, orders } = await start({ API_KEY_READS_PER_MINUTE: '3' })
  expect(await read(url, { 'x-api-key': all })).toMatchObject({ status: 200, body: [row] })
  expect(await read(url, { authorization: `Bearer ${all}` }, 'data/a')).toMatchObject({
    status: 200,
    body: row
  })
  expect(await read(url)).toEqual(problem(401, 'API_KEY_INVALID'))
  expect(await read(url, {}, 'data/a')).toEqual(problem(401, 'API_KEY_INVALID'))
  expect(await read(url, { 'x-api-key': createApiKey() })).toEqual(problem(401, 'API_KEY_INVALID'))
  expect(await read(url, { 'x-api-key': orders })).toEqual(problem(403, 'CALLER_FORBIDDEN'))
  expect(await fetch(`${url}/api/v1/data`, { method: 'HEAD' })).toMatchObject({ status: 401 })
  expect(await read(url, { 'x-api-key': all })).toMatchObject({ status: 200 })
  expect(await read(url, { 'x-api-key': all })).toEqual(problem(429, 'RATE_LIMITED'))
  expect(await fetch(`${url}/health/live`)).toMatchObject({ status: 200 })
  expect(service.lines.join('\n')).not.toMatch(new RegExp(`${all}|${orders}`))
})

test('applies a rotation within the TTL, and keeps the last good keys during an outage', async () => {
  const { server, service, url, all } = await start()
  const next = createApiKey()
  server.addVersion(secretWith(['next', next]))
  await expect
    .poll(async () => (await read(url, { 'x-api-key': next })).status, { interval: 10 })
    .toBe(200)
  expect(await read(url, { 'x-api-key': all })).toEqual(problem(401, 'API_KEY_INVALID'))

  server.kill()
  const warned = () => service.lines.filter((line) => line.includes('SECRET_INVALID')).length
  await expect.poll(warned).toBeGreaterThan(2)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const failures = /^landfall_secret_refresh_failures_total (\d+)$/m.exec(metrics)?.[1]
  expect(Number(failures)).toBeGreaterThan(2)
  expect(metrics).toMatch(/^landfall_secret_age_seconds [\d.]+$/m)
  expect(await read(url, { 'x-api-key': next })).toMatchObject({ status: 200, body: [row] })

  const last = createApiKey()
  server.addVersion(secretWith(['last', last]))
  await server.restart()
  await expect
    .poll(async () => (await read(url, { 'x-api-key': last })).status, { timeout: 10_000 })
    .toBe(200)

  server.fault = { kind: 'wrong checksum' }
  const before = warned()
  await expect.poll(warned).toBeGreaterThan(before)
  expect(await read(url, { 'x-api-key': last })).toMatchObject({ status: 200 })
  service.process.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
})

test('does not start without keys, and prints the reason in one line', async () => {
  const server = await startSecretManager()
  const { code, stderr } = await runService({
    ...secretEnv,
    SECRET_MANAGER_EMULATOR_HOST: server.host
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^landfall: SECRET_INVALID: [^\n]*api-keys\/versions\/latest[^\n]*\n$/)
})

test('does not start without credentials for Secret Manager, and prints the reason', async () => {
  // A named file, so that the client does not search the machine for credentials.
  const credentials = { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' }
  const { code, stderr } = await runService({ ...secretEnv, ...credentials })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^landfall: SECRET_INVALID: Secret Manager did not return [^\n]*\n$/)
})
