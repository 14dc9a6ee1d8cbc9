import { Failure } from './failures.ts'
import { choice, integer, optional, type Setting, text } from './setting.ts'

const mebibyte = 1024 * 1024
const anything = /./s

/**
 * Every environment variable of the service. This one definition gives the type, the defaults, the
 * checks and `docs/environment.md`.
 */
export const settings = {
  PORT: integer('Port to listen on; 0 takes a free one.', 8080, { min: 0, max: 65_535 }),
  HOST: text(
    'Address to listen on. On Cloud Run (`K_SERVICE` is set) the default is `0.0.0.0`.',
    '127.0.0.1',
    'an address',
    /^\S+$/
  ),
  SPANNER_DATABASE: optional(
    'Database of GoogleSQL dialect. Without it the embedded store is used; on Cloud Run it is required.',
    'none',
    'projects/PROJECT/instances/INSTANCE/databases/DATABASE',
    /^projects\/[^/\s]+\/instances\/[^/\s]+\/databases\/[^/\s]+$/
  ),
  SPANNER_EMULATOR_HOST: optional(
    'Address of a Spanner emulator, as all Google clients read it.',
    'none',
    'HOST:PORT without a scheme',
    /^[^\s/]+:\d+$/
  ),
  EMBEDDED_FILE: text(
    'File of the embedded store; `:memory:` keeps nothing.',
    '.landfall/landfall.db',
    'a path',
    anything
  ),
  SCHEMAS_DIR: text('Folder with `collections/` and `events/`.', 'schemas', 'a path', anything),
  COMMIT_LANES: optional(
    'Commits in flight at once, 1 to 64. The emulator and the embedded store run one at a time.',
    '4, or 1 with an emulator or the embedded store',
    'a whole number from 1 to 64',
    /^([1-9]|[1-5]\d|6[0-4])$/
  ),
  COMMIT_MAX_EVENTS: integer('Events in one commit.', 500, { min: 1, max: 10_000 }),
  COMMIT_TIMEOUT_MS: integer(
    'Milliseconds for one commit with its retries, below `DELIVERY_TIMEOUT_MS`.',
    5000,
    { min: 100, max: 590_000 }
  ),
  READ_TIMEOUT_MS: integer('Milliseconds for one read of the store.', 5000, {
    min: 100,
    max: 590_000
  }),
  DELIVERY_TIMEOUT_MS: integer(
    'Milliseconds until a request is answered 503, below the ack deadline of the subscription.',
    8000,
    { min: 200, max: 595_000 }
  ),
  REQUEST_TIMEOUT_MS: integer('Milliseconds for a request to arrive.', 10_000, {
    min: 1000,
    max: 300_000
  }),
  SHUTDOWN_TIMEOUT_MS: integer(
    'Milliseconds for answering what was accepted after SIGTERM. Cloud Run kills after 10 s.',
    8000,
    { min: 100, max: 600_000 }
  ),
  QUEUE_MAX_EVENTS: integer('Events accepted and not yet settled; more are answered 503.', 10_000, {
    min: 1,
    max: 1_000_000
  }),
  QUEUE_MAX_BYTES: integer(
    'Bytes of deliveries in progress and of events not yet settled; more are answered 503.',
    64 * mebibyte,
    { min: mebibyte, max: 4096 * mebibyte }
  ),
  REQUESTS_MAX: integer('Requests in progress; more are answered 503.', 2000, {
    min: 1,
    max: 100_000
  }),
  BREAKER_FAILURES: integer('Failed commits in a row that open the breaker.', 5, {
    min: 1,
    max: 1000
  }),
  BREAKER_COOLDOWN_MS: integer('Milliseconds between two probes of an open breaker.', 1000, {
    min: 10,
    max: 60_000
  }),
  POISON: choice(
    'What becomes of an event that cannot land: a dead letter and 200, or 4xx.',
    ['store', 'reject'],
    'store'
  ),
  LOG_LEVEL: choice(
    'Lowest level that is logged.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info'
  ),
  K_SERVICE: optional('Set by Cloud Run.', 'none', 'a name', anything)
} as const satisfies Record<string, Setting<unknown>>

type Settings = typeof settings
type Parsed = { readonly [K in keyof Settings]: Settings[K] extends Setting<infer T> ? T : never }

/** The environment, checked, with everything derived from it that more than one part needs. */
export interface Config extends Omit<Parsed, 'COMMIT_LANES'> {
  readonly COMMIT_LANES: number
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
  const faults = [
    ...(onCloudRun && !parsed.SPANNER_DATABASE
      ? ['SPANNER_DATABASE is required on Cloud Run: the embedded store would lose its rows']
      : []),
    ...(parsed.COMMIT_TIMEOUT_MS >= parsed.DELIVERY_TIMEOUT_MS
      ? ['COMMIT_TIMEOUT_MS must be below DELIVERY_TIMEOUT_MS']
      : [])
  ]
  if (faults.length > 0) throw new Failure('CONFIG_INVALID', faults.join('; '))
  const oneAtATime = !parsed.SPANNER_DATABASE || parsed.SPANNER_EMULATOR_HOST
  return Object.freeze({
    ...parsed,
    HOST: env['HOST'] || (onCloudRun ? '0.0.0.0' : parsed.HOST),
    COMMIT_LANES: Number(parsed.COMMIT_LANES ?? (oneAtATime ? 1 : 4))
  })
}
