import { Failure } from './failures.ts'
import type { Setting } from './setting.ts'
import { settings } from './settings.ts'

type Settings = typeof settings
type Parsed = { readonly [K in keyof Settings]: Settings[K] extends Setting<infer T> ? T : never }

/** The environment, checked, with everything derived from it that more than one part needs. */
export interface Config
  extends Omit<
    Parsed,
    'COMMIT_LANES' | 'PUSH_AUTH' | 'READ_AUTH' | 'PUSH_SERVICE_ACCOUNTS' | 'API_KEYS_SECRET'
  > {
  readonly COMMIT_LANES: number
  readonly PUSH_AUTH: 'cloud-run' | 'oidc' | 'none'
  readonly PUSH_SERVICE_ACCOUNTS: readonly string[]
  readonly READ_AUTH: 'cloud-run' | 'api-key' | 'none'
  readonly API_KEYS_SECRET: string | undefined
}

/**
 * Read the configuration from an environment. Pure; an empty variable counts as absent.
 *
 * @throws {Failure} CONFIG_INVALID: one line that names every variable that is wrong
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const results = Object.entries<Setting<unknown>>(settings).map(
    ([name, setting]) => [name, setting.parse(env[name] || undefined)] as const
  )
  const faults = results.flatMap(([name, result]) =>
    'fault' in result ? [`${name} ${result.fault}`] : []
  )
  if (faults.length > 0) throw new Failure('CONFIG_INVALID', faults.join('; '))
  const values = results.map(([name, result]) => [name, 'value' in result && result.value])
  // Each value was made by the setting of its name.
  return derive(Object.fromEntries(values) as Parsed, env)
}

function derive(parsed: Parsed, env: Readonly<Record<string, string | undefined>>): Config {
  const onCloudRun = parsed.K_SERVICE !== undefined
  const oneAtATime = !parsed.SPANNER_DATABASE || parsed.SPANNER_EMULATOR_HOST
  const unset = onCloudRun ? 'cloud-run' : 'none'
  const config: Config = {
    ...parsed,
    GOOGLE_CLOUD_PROJECT: projectOf(parsed),
    HOST: env['HOST'] || (onCloudRun ? '0.0.0.0' : parsed.HOST),
    COMMIT_LANES: Number(parsed.COMMIT_LANES ?? (oneAtATime ? 1 : 2)),
    // The patterns of the settings allow these words only.
    PUSH_AUTH: (parsed.PUSH_AUTH ?? unset) as Config['PUSH_AUTH'],
    READ_AUTH: (parsed.READ_AUTH ?? unset) as Config['READ_AUTH'],
    PUSH_SERVICE_ACCOUNTS: parsed.PUSH_SERVICE_ACCOUNTS?.split(',') ?? []
  }
  const broken = rules.filter(([holds]) => !holds(config)).map(([, message]) => message)
  if (broken.length > 0) throw new Failure('CONFIG_INVALID', broken.join('; '))
  return Object.freeze(config)
}

function projectOf({ GOOGLE_CLOUD_PROJECT: project, SPANNER_DATABASE: database }: Parsed) {
  return project ?? database?.split('/')[1]
}

/** What must hold between variables, each with what is said where it does not. */
const rules: readonly (readonly [(config: Config) => boolean, string])[] = [
  [
    ({ K_SERVICE, SPANNER_DATABASE }) => !K_SERVICE || SPANNER_DATABASE !== undefined,
    'SPANNER_DATABASE is required on Cloud Run: the embedded store would lose its rows'
  ],
  [
    ({ COMMIT_TIMEOUT_MS, DELIVERY_TIMEOUT_MS }) => COMMIT_TIMEOUT_MS < DELIVERY_TIMEOUT_MS,
    'COMMIT_TIMEOUT_MS must be below DELIVERY_TIMEOUT_MS'
  ],
  [
    ({ K_SERVICE, PUSH_AUTH }) => !K_SERVICE || PUSH_AUTH !== 'none',
    'PUSH_AUTH must not be none on Cloud Run: anybody could write'
  ],
  [
    ({ K_SERVICE, READ_AUTH }) => !K_SERVICE || READ_AUTH !== 'none',
    'READ_AUTH must not be none on Cloud Run: anybody could read'
  ],
  [
    ({ PUSH_AUTH, PUSH_AUDIENCE }) => PUSH_AUTH !== 'oidc' || PUSH_AUDIENCE !== undefined,
    'PUSH_AUDIENCE is required with PUSH_AUTH=oidc'
  ],
  [
    ({ PUSH_AUTH, PUSH_SERVICE_ACCOUNTS }) =>
      PUSH_AUTH !== 'oidc' || PUSH_SERVICE_ACCOUNTS.length > 0,
    'PUSH_SERVICE_ACCOUNTS is required with PUSH_AUTH=oidc: any Google account can get a token'
  ],
  [
    ({ READ_AUTH, API_KEYS_SECRET }) => READ_AUTH !== 'api-key' || API_KEYS_SECRET !== undefined,
    'API_KEYS_SECRET is required with READ_AUTH=api-key'
  ]
]
