import { status } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openSecret } from '../../src/access/open-secret.ts'
import { apiEndpointOf } from '../../src/access/secret-manager-secret.ts'
import { secret, startSecretManager } from './secret-manager-server.ts'

async function open(host: string, version = 'latest', name = secret) {
  const source = await openSecret(`${name}/versions/${version}`, host)
  onTestFinished(() => source.close())
  return source
}

describe('a secret in Secret Manager', () => {
  it('is read with the name of the version that was resolved', async () => {
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

  it('stays the same version when it is pinned', async () => {
    const server = await startSecretManager()
    const first = server.addVersion('one')
    server.addVersion('two')
    const source = await open(server.host, '1')
    expect(await source.read()).toMatchObject({ bytes: Buffer.from('one'), version: first })
  })

  it('is read as bytes, all 64 KiB of them', async () => {
    const server = await startSecretManager()
    const bytes = Buffer.from(Array.from({ length: 65_536 }, (_each, n) => (n * 7) % 256))
    server.addVersion(bytes)
    expect((await (await open(server.host)).read()).bytes.equals(bytes)).toBe(true)
  })

  it('may be in a location', async () => {
    const server = await startSecretManager()
    server.addVersion('one')
    const name = 'projects/p/locations/europe-west1/secrets/api-keys'
    const source = await open(server.host, 'latest', name)
    expect(await source.read()).toMatchObject({ version: `${name}/versions/1` })
  })

  it.each([
    ['a wrong checksum', { kind: 'wrong checksum' } as const, 'did not arrive whole'],
    ['no checksum', { kind: 'no checksum' } as const, 'did not arrive whole'],
    [
      'a missing permission',
      { kind: 'fail', code: status.PERMISSION_DENIED, message: 'missing\nsecond line' } as const,
      `does not give ${secret}/versions/latest: 7 PERMISSION_DENIED: missing`
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
    expect(server.asked).toHaveLength(1)
  })

  it('is refused in one line without credentials, and that is all that fails', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere.json')
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const source = await openSecret(`${secret}/versions/1`)
    await expect(source.read()).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      message: expect.stringMatching(/^Secret Manager does not give [^\n]*nowhere\.json[^\n]*$/)
    })
    await source.close()
  })

  it('is waited for three seconds', async () => {
    const server = await startSecretManager()
    server.fault = { kind: 'hang' }
    const source = await open(server.host)
    const startedAt = performance.now()
    await expect(source.read()).rejects.toThrow('4 DEADLINE_EXCEEDED')
    expect(performance.now() - startedAt).toBeLessThan(4500)
  })

  it('is read again once a killed server is back', async () => {
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

  it.each([
    ['projects/p/secrets/s/versions/7', undefined],
    [
      'projects/p/locations/europe-west1/secrets/s/versions/latest',
      'secretmanager.europe-west1.rep.googleapis.com'
    ]
  ])('named %s is asked for at %s', (name, endpoint) => {
    expect(apiEndpointOf(name)).toBe(endpoint)
  })

  it.each([
    'projects/p/secrets/s',
    'projects/p/secrets/s/versions/',
    'projects/p/locations/evil.example.com:1#/secrets/s/versions/1',
    'projects/p/secrets/s/versions/1/more'
  ])('is not named %s', async (name) => {
    await expect(openSecret(name)).rejects.toMatchObject({ code: 'SECRET_INVALID' })
  })
})
