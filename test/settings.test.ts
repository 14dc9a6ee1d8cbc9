import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { environmentPage } from '../build/pages.ts'
import { Failure } from '../src/failures.ts'
import { parseConfig, rules, settings } from '../src/settings.ts'

const database = 'projects/p/instances/i/databases/d'

const onCloudRun = { K_SERVICE: 'landfall', SPANNER_DATABASE: database }

/** What each rule between variables refuses. */
const broken: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [
    { K_SERVICE: 'landfall' },
    'SPANNER_DATABASE is required on Cloud Run: the embedded store would lose its rows'
  ],
  [{ COMMIT_TIMEOUT_MS: '8000' }, 'COMMIT_TIMEOUT_MS must be below DELIVERY_TIMEOUT_MS'],
  [
    { ...onCloudRun, PUSH_AUTH: 'none' },
    'PUSH_AUTH must not be none on Cloud Run: anyone could write'
  ],
  [
    { ...onCloudRun, READ_AUTH: 'none' },
    'READ_AUTH must not be none on Cloud Run: anyone could read'
  ],
  [
    { PUSH_AUTH: 'oidc', PUSH_SERVICE_ACCOUNTS: 'push@p.iam.gserviceaccount.com' },
    'PUSH_AUDIENCE is required with PUSH_AUTH=oidc'
  ],
  [
    { PUSH_AUTH: 'oidc', PUSH_AUDIENCE: 'https://landfall.example' },
    'PUSH_SERVICE_ACCOUNTS is required with PUSH_AUTH=oidc: any Google account can get a token'
  ],
  [{ READ_AUTH: 'api-key' }, 'API_KEYS_SECRET is required with READ_AUTH=api-key']
]

describe('the configuration', () => {
  test('needs no variables: without Spanner it is the embedded store, one commit at a time, on this machine only', () => {
    expect(parseConfig({})).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      SPANNER_DATABASE: undefined,
      EMBEDDED_FILE: '.landfall/landfall.db',
      SCHEMAS_DIR: 'schemas',
      COMMIT_LANES: 1,
      POISON: 'store',
      LOG_LEVEL: 'info'
    })
  })

  test('treats an empty variable as absent', () => {
    expect(parseConfig({ PORT: '', SPANNER_DATABASE: '' })).toEqual(parseConfig({}))
  })

  test('is frozen', () => {
    expect(Object.isFrozen(parseConfig({}))).toBe(true)
  })

  test.each([
    ['Spanner', { SPANNER_DATABASE: database }, 2],
    ['an emulator', { SPANNER_DATABASE: database, SPANNER_EMULATOR_HOST: 'localhost:9010' }, 1],
    ['the embedded store', {}, 1],
    ['a number that was set', { COMMIT_LANES: '64' }, 64]
  ])('commits in as many lanes as %s takes', (_name, env, lanes) => {
    expect(parseConfig(env).COMMIT_LANES).toBe(lanes)
  })

  test('listens on every address on Cloud Run, where it must', () => {
    const env = { K_SERVICE: 'landfall', SPANNER_DATABASE: database }
    expect(parseConfig(env).HOST).toBe('0.0.0.0')
    expect(parseConfig({ ...env, HOST: '127.0.0.2' }).HOST).toBe('127.0.0.2')
  })

  test.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '8e3' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '-1' }, 'PORT must be a whole number from 0 to 65535'],
    [
      { SPANNER_DATABASE: 'projects/p/databases/d' },
      'SPANNER_DATABASE must be projects/PROJECT/instances/INSTANCE/databases/DATABASE'
    ],
    [
      { SPANNER_EMULATOR_HOST: 'http://localhost:9010' },
      'SPANNER_EMULATOR_HOST must be HOST:PORT without a scheme'
    ],
    [{ COMMIT_LANES: '0' }, 'COMMIT_LANES must be a whole number from 1 to 64'],
    [{ COMMIT_LANES: '65' }, 'COMMIT_LANES must be a whole number from 1 to 64'],
    [{ POISON: 'drop' }, 'POISON must be one of store, reject'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent'
    ],
    [
      { PORT: 'x', POISON: 'y' },
      'PORT must be a whole number from 0 to 65535; POISON must be one of store, reject'
    ]
  ])('refuses %j in one line that names the variable', (env, message) => {
    expect(() => parseConfig(env)).toThrow(new Failure('CONFIG_INVALID', message))
  })

  test.each(broken)('refuses %j, which breaks a rule between variables', (env, message) => {
    expect(() => parseConfig(env)).toThrow(new Failure('CONFIG_INVALID', message))
  })

  test('has a case here for every rule between variables', () => {
    expect(broken.map(([, message]) => message).sort()).toEqual(
      rules.map(({ message }) => message).sort()
    )
  })

  test('accepts both ends of a range', () => {
    expect(parseConfig({ PORT: '0', COMMIT_LANES: '1' })).toMatchObject({
      PORT: 0,
      COMMIT_LANES: 1
    })
    expect(parseConfig({ PORT: '65535', COMMIT_LANES: '64' })).toMatchObject({
      PORT: 65_535,
      COMMIT_LANES: 64
    })
  })

  test('is documented', async () => {
    const page = await readFile('docs/environment.md', 'utf8')
    expect(page).toBe(environmentPage(settings))
    for (const name of Object.keys(settings)) expect(page).toContain(`\`${name}\``)
  })
})
