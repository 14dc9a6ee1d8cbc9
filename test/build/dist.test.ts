import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createApiKey, hashApiKey } from '../../src/access/api-keys.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { secret, startSecretManager } from '../access/secret-manager-server.ts'
import { changed } from '../http/open-app.ts'
import { exitOf, push, startService } from '../process/start-service.ts'
import { createSpannerDatabase, spannerHost } from '../store/spanner-database.ts'

const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'landfall-dist-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** What an image has: `dist` and `schemas`, and no `node_modules` in any folder above. */
async function image(): Promise<string> {
  const path = await folder()
  await cp('dist', join(path, 'dist'), { recursive: true })
  await cp('schemas', join(path, 'schemas'), { recursive: true })
  return path
}

async function onSpanner(): Promise<Record<string, string>> {
  const { tables } = await readContracts('schemas')
  const { name } = await createSpannerDatabase(tables)
  return { SPANNER_DATABASE: name, SPANNER_EMULATOR_HOST: await spannerHost() }
}

describe('dist, in a folder without node_modules', () => {
  test('lands in Spanner and reads its keys from Secret Manager', async () => {
    const server = await startSecretManager()
    const key = createApiKey()
    const sha256 = hashApiKey(key).toString('hex')
    server.addVersion(JSON.stringify({ keys: [{ name: 'reader', sha256 }] }))
    const env = {
      ...(await onSpanner()),
      READ_AUTH: 'api-key',
      API_KEYS_SECRET: `${secret}/versions/latest`,
      SECRET_MANAGER_EMULATOR_HOST: server.host
    }
    const { url } = await startService(env, { cwd: await image() })
    expect(await push(url, event)).toMatchObject({ body: { verdict: 'applied' } })
    const read = await fetch(`${url}/api/v1/data`, { headers: { 'x-api-key': key } })
    expect(await read.json()).toEqual([{ id: 'a', value: 'red' }])
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })

  test('shows its documents, and has every file that their pages load', async () => {
    const { url } = await startService({}, { cwd: await image() })
    const page = await (await fetch(`${url}/docs/http`)).text()
    const files = [...page.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(
      ([, file]) => file
    )
    expect(files.length).toBeGreaterThan(2)
    for (const path of ['/docs', '/docs/events', '/openapi.json', '/asyncapi.json', ...files]) {
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200])
    }
  })

  test('does not write to files, so that the root may be read-only', async () => {
    const cwd = await image()
    const before = await listing(cwd)
    const service = await startService({}, { cwd })
    await push(service.url, event)
    service.process.kill('SIGTERM')
    expect(await exitOf(service)).toBe(0)
    expect(await listing(cwd)).toEqual(before)
  })

  test('names the lines of src in a stack, and the functions of dependencies', async () => {
    const broken =
      "Object.defineProperty(process.stdout, 'isTTY', { get() { throw Error('broken') } })"
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(broken)}`, 'dist/main.js'],
      { cwd: await image(), encoding: 'utf8', env: {} }
    )
    expect(status).toBe(1)
    expect(stderr).toContain('landfall: Error: broken\n')
    const [, line] = / at openLog \(src\/main\.ts:(\d+):\d+\)/.exec(stderr) ?? []
    const lines = (await readFile('src/main.ts', 'utf8')).split('\n')
    expect(lines[Number(line) - 1]).toContain('isTTY')
  })
})

async function listing(path: string) {
  const names = (await readdir(path, { recursive: true })).sort()
  return Promise.all(
    names.map(async (name) => [name, (await stat(join(path, name))).mtimeMs] as const)
  )
}

describe('the compile cache', () => {
  test('is accepted by V8', () => {
    expect(rejected(process.cwd())).toBe('false')
  })

  test.each([
    ['of another V8', (cache: Buffer) => Buffer.concat([Buffer.alloc(16), cache.subarray(16)])],
    ['cut short', (cache: Buffer) => cache.subarray(0, cache.length / 2)],
    ['empty', () => Buffer.alloc(0)]
  ])('that is %s does not keep the service from starting', async (_name, change) => {
    const cwd = await image()
    const file = join(cwd, 'dist', 'service.cache')
    await writeFile(file, change(await readFile(file)))
    expect(rejected(cwd)).toBe('true')
    const { url } = await startService({}, { cwd })
    expect(await push(url, event)).toMatchObject({ body: { verdict: 'applied' } })
  })

  test('may be absent', async () => {
    const cwd = await image()
    await rm(join(cwd, 'dist', 'service.cache'))
    const { url } = await startService({}, { cwd })
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })
})

function rejected(cwd: string): string {
  const code = 'console.log(require("./dist/main.js").script.cachedDataRejected)'
  return execFileSync(process.execPath, ['--eval', `${code}; process.exit()`], {
    cwd,
    encoding: 'utf8',
    env: { LOG_LEVEL: 'silent', EMBEDDED_FILE: ':memory:', PORT: '0' }
  }).trim()
}

describe('modules that a configuration does not use are not evaluated', () => {
  const google = /^node_modules\/(@google-cloud|@grpc|google-|grpc-)/
  const otlp = /^node_modules\/@opentelemetry\/(exporter|sdk-trace)/

  test('no client of Google and no exporter on the embedded store', async () => {
    const modules = await evaluated({})
    expect(modules.filter((name) => google.test(name) || otlp.test(name))).toEqual([])
    expect(modules).toContain('node_modules/fastify/fastify.js')
  })

  test('neither Secret Manager nor an exporter on Spanner', async () => {
    const modules = await evaluated(await onSpanner())
    expect(modules.filter((name) => /secret-manager/.test(name) || otlp.test(name))).toEqual([])
    expect(modules).toContain('node_modules/@google-cloud/spanner/build/src/index.js')
  })

  test('the verification of tokens only with PUSH_AUTH=oidc', async () => {
    const verification = /jose\/dist\/webapi\/(jws|key)\/|access\/(oidc-token|key-set)/
    const without = await evaluated({ PUSH_AUTH: 'cloud-run' })
    expect(without.filter((name) => verification.test(name))).toEqual([])
    const modules = await evaluated({
      PUSH_AUTH: 'oidc',
      PUSH_AUDIENCE: 'https://landfall.example',
      PUSH_SERVICE_ACCOUNTS: 'push@example.iam.gserviceaccount.com'
    })
    expect(modules).toContain('src/access/oidc-token.ts')
    expect(modules).toContain('node_modules/jose/dist/webapi/jws/compact/verify.js')
  })

  test('Secret Manager when a secret is configured, without Spanner', async () => {
    const server = await startSecretManager()
    server.addVersion('{"keys":[]}')
    const modules = await evaluated({
      READ_AUTH: 'api-key',
      API_KEYS_SECRET: `${secret}/versions/latest`,
      SECRET_MANAGER_EMULATOR_HOST: server.host
    })
    expect(modules.filter((name) => /@google-cloud\/spanner/.test(name))).toEqual([])
    expect(modules).toContain('node_modules/@google-cloud/secret-manager/build/src/index.js')
  })
})

/** Modules whose function has run when the service was ready, as V8 counted. */
async function evaluated(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const coverage = await folder()
  const service = await startService({ ...env, NODE_V8_COVERAGE: coverage })
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
  service.process.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
  const [file = ''] = await readdir(coverage)
  const { result }: Coverage = JSON.parse(await readFile(join(coverage, file), 'utf8'))
  const functions = result.find(({ url }) => url.endsWith('service.js'))?.functions ?? []
  return functions
    .filter(({ ranges: [whole] }) => whole && whole.count > 0)
    .map(({ functionName }) => functionName)
}

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly functionName: string
      readonly ranges: readonly { readonly count: number }[]
    }[]
  }[]
}
