import { status } from '@grpc/grpc-js'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  apiEndpointOf,
  crc32c,
  openSecretManagerSecret
} from '../../src/access/secret-manager-secret.ts'
import { secret, startSecretManager } from './secret-manager-server.ts'

async function open(host: string, version = 'latest', name = secret) {
  const source = await openSecretManagerSecret(`${name}/versions/${version}`, host)
  onTestFinished(() => source.close())
  return source
}

describe('a secret in Secret Manager', () => {
  test('is read with the name of the version that was resolved', async () => {
    const server = await startSecretManager()
    server.addVersion('one')
    const source = await open(server.host)
    expect(await source.read()).toEqual({
      bytes: Buffer.from('one'),
      version: `${secret}/versions/1`
    })
    server.addVersion('two')
    expect(await source.read()).toEqual({
      bytes: Buffer.from('two'),
      version: `${secret}/versions/2`
    })
  })

  test('stays the same version when it is pinned', async () => {
    const server = await startSecretManager()
    const first = server.addVersion('one')
    server.addVersion('two')
    const source = await open(server.host, '1')
    expect(await source.read()).toMatchObject({ bytes: Buffer.from('one'), version: first })
  })

  test('is read as bytes, all 64 KiB of them', async () => {
    const server = await startSecretManager()
    const bytes = Buffer.from(Array.from({ length: 65_536 }, (_each, n) => (n * 7) % 256))
    server.addVersion(bytes)
    expect((await (await open(server.host)).read()).bytes.equals(bytes)).toBe(true)
  })

  test('may be in a location', async () => {
    const server = await startSecretManager()
    server.addVersion('one')
    const name = 'projects/p/locations/europe-west1/secrets/api-keys'
    const source = await open(server.host, 'latest', name)
    expect(await source.read()).toMatchObject({ version: `${name}/versions/1` })
  })

  test.each([
    ['a wrong checksum', { kind: 'wrong checksum' } as const, 'was damaged in transit'],
    ['no checksum', { kind: 'no checksum' } as const, 'was damaged in transit'],
    [
      'a missing permission',
      { kind: 'fail', code: status.PERMISSION_DENIED, message: 'missing\nsecond line' } as const,
      `did not return ${secret}/versions/latest: 7 PERMISSION_DENIED: missing`
    ],
    [
      'an outage, without trying again',
      { kind: 'fail', code: status.UNAVAILABLE, message: 'gone' } as const,
      '14 UNAVAILABLE: gone'
    ]
  ])('is refused in one line for %s', async (_name, fault, message) => {
    const server = await startSecretManager()
    server.addVersion('the secret itself')
    server.fault = fault
    const error = await (await open(server.host)).read().catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'SECRET_INVALID',
      message: expect.stringContaining(message)
    })
    expect(error.message).not.toMatch(/\n|the secret itself/)
    expect(server.requests).toHaveLength(1)
  })

  test('is refused in one line without credentials, and nothing else fails', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere.json')
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const source = await openSecretManagerSecret(`${secret}/versions/1`, undefined)
    await expect(source.read()).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      message: expect.stringMatching(/^Secret Manager did not return [^\n]*nowhere\.json[^\n]*$/)
    })
    await source.close()
  })

  test('is awaited for three seconds', async () => {
    const server = await startSecretManager()
    server.fault = { kind: 'hang' }
    const source = await open(server.host)
    await expect(source.read()).rejects.toThrow('4 DEADLINE_EXCEEDED')
    expect(server.timeoutMs).toBeGreaterThan(0)
    expect(server.timeoutMs).toBeLessThanOrEqual(3000)
  })

  test('is read again once a killed server is back', async () => {
    const server = await startSecretManager()
    server.addVersion('one')
    const source = await open(server.host)
    await source.read()
    server.kill()
    await expect(source.read()).rejects.toMatchObject({ code: 'SECRET_INVALID' })
    await server.restart()
    await expect
      .poll(() => source.read().catch(() => undefined), { timeout: 5000 })
      .toMatchObject({ bytes: Buffer.from('one') })
  })

  test.each([
    ['projects/p/secrets/s/versions/7', undefined],
    [
      'projects/p/locations/europe-west1/secrets/s/versions/latest',
      'secretmanager.europe-west1.rep.googleapis.com'
    ]
  ])('named %s is requested from %s', (name, endpoint) => {
    expect(apiEndpointOf(name)).toBe(endpoint)
  })

  test.each([
    'projects/p/secrets/s',
    'projects/p/secrets/s/versions/',
    'projects/p/locations/evil.example.com:1#/secrets/s/versions/1',
    'projects/p/secrets/s/versions/1/more'
  ])('is not named %s', async (name) => {
    await expect(openSecretManagerSecret(name, undefined)).rejects.toMatchObject({
      code: 'SECRET_INVALID'
    })
  })
})

// The vectors of RFC 3720, appendix B.4 (https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4), and
// the check value of the catalog of CRCs (https://reveng.sourceforge.io/crc-catalogue/17plus.htm).
test.each([
  ['nothing', Buffer.alloc(0), 0],
  ['the check value', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
  ['bytes that count down', Buffer.from(Array.from({ length: 32 }, (_, n) => 31 - n)), 0x113fdb5c]
])('the CRC32C of %s is the published one', (_name, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum)
})
