import { Failure } from './failures.ts'

/** The variables that are set, by name; an empty variable counts as absent. */
type Environment = Readonly<Record<string, string | undefined>>

/** A default that depends on other variables, with its wording in the documentation. */
interface Derived<T> {
  readonly words: string
  of(env: Environment): T
}

/** One environment variable: its purpose, its default, and how its text is parsed. */
export interface Setting<T> {
  readonly summary: string
  /** The default as the documentation words it. */
  readonly fallback: string
  /** Completes the sentence "NAME must be …". */
  readonly shape: string
  absent(env: Environment): T
  /** The value; undefined when the text does not have the shape. */
  read(text: string): T | undefined
}

interface Definition<T> {
  readonly summary: string
  readonly default: T | Derived<T>
}

interface Bounds {
  readonly min: number
  readonly max: number
}

interface Shape {
  readonly shape: string
  readonly pattern: RegExp
}

const megabyte = 1024 * 1024
const url = { shape: 'a URL', pattern: /^https?:\/\/\S+$/ }
const hostAndPort = { shape: 'HOST:PORT without a scheme', pattern: /^[^\s/]+:\d+$/ }
const anything = { shape: 'text', pattern: /./s }
const path = { shape: 'a path', pattern: /./s }

/**
 * Every environment variable of the service. This one definition gives the type, the defaults, the
 * checks and `docs/environment.md`.
 */
export const settings = {
  PORT: integer({
    summary: 'Port to listen on; 0 picks a free one.',
    default: 8080,
    min: 0,
    max: 65_535
  }),
  HOST: text({
    summary: 'Address to listen on.',
    default: onCloudRun('0.0.0.0', '127.0.0.1'),
    shape: 'an address',
    pattern: /^\S+$/
  }),
  SPANNER_DATABASE: optional({
    summary:
      'Spanner database with the GoogleSQL dialect. Without it the embedded store is used; required on Cloud Run.',
    shape: 'projects/PROJECT/instances/INSTANCE/databases/DATABASE',
    pattern: /^projects\/[^/\s]+\/instances\/[^/\s]+\/databases\/[^/\s]+$/
  }),
  SPANNER_EMULATOR_HOST: optional({
    summary: 'Address of a Spanner emulator; all Google clients read this variable.',
    ...hostAndPort
  }),
  EMBEDDED_FILE: text({
    summary: 'File of the embedded store; `:memory:` keeps the rows in memory only.',
    default: '.landfall/landfall.db',
    ...path
  }),
  SCHEMAS_DIR: text({
    summary: 'Folder with `collections/` and `events/`.',
    default: 'schemas',
    ...path
  }),
  COMMIT_LANES: integer({
    summary: 'Commits in flight at once. The emulator and the embedded store run one at a time.',
    default: {
      words: '2, or 1 with an emulator or the embedded store',
      of: (env) => (env['SPANNER_DATABASE'] && !env['SPANNER_EMULATOR_HOST'] ? 2 : 1)
    },
    min: 1,
    max: 64
  }),
  COMMIT_MAX_EVENTS: integer({
    summary: 'Maximum number of events in one commit.',
    default: 500,
    min: 1,
    max: 10_000
  }),
  COMMIT_TIMEOUT_MS: integer({
    summary:
      'Milliseconds for one commit including its retries; must be below `DELIVERY_TIMEOUT_MS`.',
    default: 5000,
    min: 100,
    max: 590_000
  }),
  READ_TIMEOUT_MS: integer({
    summary: 'Milliseconds for one read of the store.',
    default: 5000,
    min: 100,
    max: 590_000
  }),
  DELIVERY_TIMEOUT_MS: integer({
    summary:
      'Milliseconds until an unsettled delivery is answered 503; keep it below the ack deadline of the subscription.',
    default: 8000,
    min: 200,
    max: 595_000
  }),
  REQUEST_TIMEOUT_MS: integer({
    summary: 'Milliseconds within which a request must arrive completely.',
    default: 10_000,
    min: 1000,
    max: 300_000
  }),
  SHUTDOWN_TIMEOUT_MS: integer({
    summary:
      'Milliseconds to answer the requests accepted before SIGTERM. Cloud Run kills the process after 10 s.',
    default: 8000,
    min: 1000,
    max: 600_000
  }),
  QUEUE_MAX_EVENTS: integer({
    summary: 'Maximum number of events accepted but not yet settled; more are answered 503.',
    default: 10_000,
    min: 1,
    max: 1_000_000
  }),
  QUEUE_MAX_BYTES: integer({
    summary:
      'Maximum bytes of deliveries in progress and of events not yet settled; more are answered 503.',
    default: 64 * megabyte,
    min: megabyte,
    max: 4096 * megabyte
  }),
  REQUESTS_MAX: integer({
    summary: 'Maximum number of requests in progress; more are answered 503.',
    default: 2000,
    min: 1,
    max: 100_000
  }),
  BREAKER_FAILURES: integer({
    summary: 'Number of consecutive failed commits that opens the circuit breaker.',
    default: 5,
    min: 1,
    max: 1000
  }),
  BREAKER_COOLDOWN_MS: integer({
    summary: 'Milliseconds between two probes of an open circuit breaker.',
    default: 1000,
    min: 10,
    max: 60_000
  }),
  PUSH_AUTH: choice(['cloud-run', 'oidc', 'none'], {
    summary:
      'How a sender is authenticated: `cloud-run` (its IAM checks the caller), `oidc` (the ' +
      'service checks the token), `none` (not on Cloud Run).',
    default: onCloudRun('cloud-run', 'none')
  }),
  PUSH_AUDIENCE: optional({
    summary:
      'Audience of push tokens, exactly as configured on the subscription; required with `oidc`.',
    shape: 'text without spaces',
    pattern: /^\S+$/
  }),
  PUSH_SERVICE_ACCOUNTS: list({
    summary: 'Service accounts that may push, separated by commas; required with `oidc`.',
    shape: 'email addresses separated by commas',
    pattern: /^[^\s,@]+@[^\s,@]+(,[^\s,@]+@[^\s,@]+)*$/
  }),
  PUSH_CERTS_URL: text({
    summary: 'URL of the JSON Web Key Set that verifies push tokens.',
    default: 'https://www.googleapis.com/oauth2/v3/certs',
    ...url
  }),
  READ_AUTH: choice(['cloud-run', 'api-key', 'none'], {
    summary: 'How a reader is authenticated; `none` is not allowed on Cloud Run.',
    default: onCloudRun('cloud-run', 'none')
  }),
  API_KEYS_SECRET: optional({
    summary:
      'Where the API keys are: a mounted file, or `projects/…/secrets/…/versions/…`; required with ' +
      '`api-key`.',
    shape: 'a path or the name of a secret version',
    pattern: /./s
  }),
  API_KEY_READS_PER_MINUTE: integer({
    summary: 'Reads that one API key may make in a minute.',
    default: 6000,
    min: 1,
    max: 1_000_000
  }),
  SECRET_TTL_MS: integer({
    summary: 'Milliseconds for which a secret is used before it is read again.',
    default: 300_000,
    min: 100,
    max: 86_400_000
  }),
  SECRET_MANAGER_EMULATOR_HOST: optional({
    summary: 'Address of a stand-in for Secret Manager, without TLS.',
    ...hostAndPort
  }),
  POISON: choice(['store', 'reject'], {
    summary:
      'What happens to an event that cannot land: `store` keeps a dead letter and answers 200, `reject` answers 4xx.',
    default: 'store'
  }),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    summary: 'Lowest level that is logged.',
    default: 'info'
  }),
  GOOGLE_CLOUD_PROJECT: optional({
    summary: 'Project in the trace names of log entries; Cloud Run does not set it.',
    default: {
      words: 'the project of `SPANNER_DATABASE`',
      of: (env) => env['SPANNER_DATABASE']?.split('/')[1]
    },
    shape: 'the id of a project',
    pattern: /^[a-z][a-z0-9.:-]*$/
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional({
    summary:
      'Collector that receives traces and metrics (OTLP over HTTP, protobuf); without it no ' +
      'exporter is loaded. The other `OTEL_EXPORTER_OTLP_…` variables of OpenTelemetry apply too.',
    ...url
  }),
  OTEL_TRACES_EXPORTER: choice(['otlp', 'none'], {
    summary: 'Whether traces are sent to the collector.',
    default: 'otlp'
  }),
  OTEL_METRICS_EXPORTER: choice(['otlp', 'none'], {
    summary: 'Whether metrics are sent to the collector; choose `none` if `/metrics` is scraped.',
    default: 'otlp'
  }),
  OTEL_TRACES_SAMPLER_ARG: fraction({
    summary:
      'Share of deliveries to trace, 0 to 1, when the request carries no sampling decision; on Cloud Run it does.',
    default: 1
  }),
  OTEL_SERVICE_NAME: text({
    summary: 'Name of the service in traces and metrics.',
    default: 'landfall',
    shape: 'a name',
    pattern: /^\S+$/
  }),
  K_SERVICE: optional({ summary: 'Set by Cloud Run.', ...anything }),
  K_REVISION: optional({ summary: 'Set by Cloud Run.', ...anything })
} as const satisfies Record<string, Setting<unknown>>

type Settings = typeof settings

/** The checked environment: the value of every setting. */
export type Config = {
  readonly [K in keyof Settings]: Settings[K] extends Setting<infer T> ? T : never
}

/**
 * Read the configuration from an environment. Pure.
 *
 * @throws {Failure} CONFIG_INVALID: one line that names every variable that is wrong
 */
export function parseConfig(variables: Environment): Config {
  const env = Object.fromEntries(Object.entries(variables).filter(([, text]) => text))
  const faults: string[] = []
  const values = Object.entries<Setting<unknown>>(settings).map(([variable, setting]) => {
    const text = env[variable]
    const value = text === undefined ? setting.absent(env) : setting.read(text)
    if (text !== undefined && value === undefined) {
      faults.push(`${variable} must be ${setting.shape}`)
    }
    return [variable, value] as const
  })
  if (faults.length > 0) throw new Failure('CONFIG_INVALID', faults.join('; '))
  // Each value was read by the setting of its name.
  const config = Object.freeze(Object.fromEntries(values)) as Config
  const broken = rules.filter(({ allows }) => !allows(config)).map(({ message }) => message)
  if (broken.length > 0) throw new Failure('CONFIG_INVALID', broken.join('; '))
  return config
}

interface Rule {
  readonly message: string
  allows(config: Config): boolean
}

/** The rules between variables. */
export const rules: readonly Rule[] = [
  {
    message: 'SPANNER_DATABASE is required on Cloud Run: the embedded store would lose its rows',
    allows: ({ K_SERVICE, SPANNER_DATABASE }) => !K_SERVICE || SPANNER_DATABASE !== undefined
  },
  {
    message: 'COMMIT_TIMEOUT_MS must be below DELIVERY_TIMEOUT_MS',
    allows: ({ COMMIT_TIMEOUT_MS, DELIVERY_TIMEOUT_MS }) => COMMIT_TIMEOUT_MS < DELIVERY_TIMEOUT_MS
  },
  {
    message: 'PUSH_AUTH must not be none on Cloud Run: anyone could write',
    allows: ({ K_SERVICE, PUSH_AUTH }) => !K_SERVICE || PUSH_AUTH !== 'none'
  },
  {
    message: 'READ_AUTH must not be none on Cloud Run: anyone could read',
    allows: ({ K_SERVICE, READ_AUTH }) => !K_SERVICE || READ_AUTH !== 'none'
  },
  {
    message: 'PUSH_AUDIENCE is required with PUSH_AUTH=oidc',
    allows: ({ PUSH_AUTH, PUSH_AUDIENCE }) => PUSH_AUTH !== 'oidc' || PUSH_AUDIENCE !== undefined
  },
  {
    message:
      'PUSH_SERVICE_ACCOUNTS is required with PUSH_AUTH=oidc: any Google account can get a token',
    allows: ({ PUSH_AUTH, PUSH_SERVICE_ACCOUNTS }) =>
      PUSH_AUTH !== 'oidc' || PUSH_SERVICE_ACCOUNTS.length > 0
  },
  {
    message: 'API_KEYS_SECRET is required with READ_AUTH=api-key',
    allows: ({ READ_AUTH, API_KEYS_SECRET }) =>
      READ_AUTH !== 'api-key' || API_KEYS_SECRET !== undefined
  }
]

/** A default that differs on Cloud Run, which sets `K_SERVICE`. */
function onCloudRun<const T extends string>(there: T, elsewhere: T): Derived<T> {
  return {
    words: `\`${there}\` on Cloud Run, else \`${elsewhere}\``,
    of: (env) => (env['K_SERVICE'] ? there : elsewhere)
  }
}

function isDerived<T>(value: T | Derived<T>): value is Derived<T> {
  return typeof value === 'object' && value !== null && 'of' in value
}

function setting<T>(
  definition: Definition<T> & { readonly shape: string },
  read: Setting<T>['read']
): Setting<T> {
  const { summary, default: given, shape } = definition
  return isDerived(given)
    ? { summary, fallback: given.words, shape, absent: (env) => given.of(env), read }
    : { summary, fallback: String(given ?? 'none'), shape, absent: () => given, read }
}

function integer(definition: Definition<number> & Bounds): Setting<number> {
  const { min, max } = definition
  const summary = `${definition.summary} From ${min} to ${max}.`
  const shape = `a whole number from ${min} to ${max}`
  return setting({ ...definition, summary, shape }, (text) => {
    const value = Number(text)
    return /^\d{1,15}$/.test(text) && value >= min && value <= max ? value : undefined
  })
}

function choice<const T extends string>(
  words: readonly T[],
  definition: Definition<NoInfer<T>>
): Setting<T> {
  const summary = `${definition.summary} One of ${words.map((word) => `\`${word}\``).join(', ')}.`
  const shape = `one of ${words.join(', ')}`
  return setting<T>({ ...definition, summary, shape }, (text) =>
    words.find((word) => word === text)
  )
}

function text(definition: Definition<string> & Shape): Setting<string> {
  return setting(definition, (text) => (definition.pattern.test(text) ? text : undefined))
}

function optional(
  definition: Shape & Pick<Definition<unknown>, 'summary'> & Partial<Definition<string | undefined>>
): Setting<string | undefined> {
  return setting<string | undefined>({ default: undefined, ...definition }, (text) =>
    definition.pattern.test(text) ? text : undefined
  )
}

function list(definition: Shape & { readonly summary: string }): Setting<readonly string[]> {
  const absent = { words: 'none', of: () => [] }
  return setting<readonly string[]>({ ...definition, default: absent }, (text) =>
    definition.pattern.test(text) ? text.split(',') : undefined
  )
}

function fraction(definition: Definition<number>): Setting<number> {
  return setting({ ...definition, shape: 'a number from 0 to 1' }, (text) =>
    /^(0(\.\d+)?|1(\.0+)?)$/.test(text) ? Number(text) : undefined
  )
}
