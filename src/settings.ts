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
    '2, or 1 with an emulator or the embedded store',
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
    { min: 1000, max: 600_000 }
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
  PUSH_AUTH: optional(
    'How pushes prove who sends them: `cloud-run` (its IAM has checked the caller), `oidc` (the ' +
      'service checks the token), `none` (not on Cloud Run).',
    '`cloud-run` on Cloud Run, else `none`',
    'one of cloud-run, oidc, none',
    /^(cloud-run|oidc|none)$/
  ),
  PUSH_AUDIENCE: optional(
    'Audience of push tokens, exactly as the subscription has it; required with `oidc`.',
    'none',
    'text without spaces',
    /^\S+$/
  ),
  PUSH_SERVICE_ACCOUNTS: optional(
    'Service accounts that may push, separated by commas; required with `oidc`.',
    'none',
    'email addresses separated by commas',
    /^[^\s,@]+@[^\s,@]+(,[^\s,@]+@[^\s,@]+)*$/
  ),
  PUSH_CERTS_URL: text(
    'JSON Web Key Set that push tokens are signed with.',
    'https://www.googleapis.com/oauth2/v3/certs',
    'a URL',
    /^https?:\/\/\S+$/
  ),
  READ_AUTH: optional(
    'How readers prove who they are: `cloud-run`, `api-key`, `none` (not on Cloud Run).',
    '`cloud-run` on Cloud Run, else `none`',
    'one of cloud-run, api-key, none',
    /^(cloud-run|api-key|none)$/
  ),
  API_KEYS_SECRET: optional(
    'Where the API keys are: a mounted file, or `projects/…/secrets/…/versions/…`; required with ' +
      '`api-key`.',
    'none',
    'a path or the name of a secret version',
    anything
  ),
  API_KEY_READS_PER_MINUTE: integer('Reads that one API key has in a minute.', 6000, {
    min: 1,
    max: 1_000_000
  }),
  SECRET_TTL_MS: integer(
    'Milliseconds for which a secret is used before it is read again.',
    300_000,
    {
      min: 100,
      max: 86_400_000
    }
  ),
  SECRET_MANAGER_EMULATOR_HOST: optional(
    'Address of a stand-in for Secret Manager, without TLS.',
    'none',
    'HOST:PORT without a scheme',
    /^[^\s/]+:\d+$/
  ),
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
  GOOGLE_CLOUD_PROJECT: optional(
    'Project of the traces that log entries name; Cloud Run does not set it.',
    'the project of `SPANNER_DATABASE`',
    'the id of a project',
    /^[a-z][a-z0-9.:-]*$/
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    'Collector that gets traces and metrics by OTLP over HTTP, as protobuf. The other ' +
      '`OTEL_EXPORTER_OTLP_…` variables of OpenTelemetry count too.',
    'none, and no exporter is loaded',
    'a URL',
    /^https?:\/\/\S+$/
  ),
  OTEL_TRACES_EXPORTER: choice('Whether traces go there.', ['otlp', 'none'], 'otlp'),
  OTEL_METRICS_EXPORTER: choice(
    'Whether metrics go there; `none` where `/metrics` is scraped.',
    ['otlp', 'none'],
    'otlp'
  ),
  OTEL_TRACES_SAMPLER_ARG: text(
    'Share of deliveries that are traced, 0 to 1, where the request does not say. Cloud Run says.',
    '1',
    'a number from 0 to 1',
    /^(0(\.\d+)?|1(\.0+)?)$/
  ),
  OTEL_SERVICE_NAME: text(
    'Name of the service in traces and metrics.',
    'landfall',
    'a name',
    /^\S+$/
  ),
  K_SERVICE: optional('Set by Cloud Run.', 'none', 'a name', anything),
  K_REVISION: optional('Set by Cloud Run.', 'none', 'a name', anything)
} as const satisfies Record<string, Setting<unknown>>
