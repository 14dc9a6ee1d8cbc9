import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createPushAuth, type PushAuth } from './access/push-auth.ts'
import { openReadAuth, type ReadAuth } from './access/read-auth.ts'
import { buildApp } from './app.ts'
import { explain } from './failures.ts'
import { openStore } from './open-store.ts'
import { readContracts } from './read-schemas.ts'
import { type Config, parseConfig } from './settings.ts'
import { createLog } from './telemetry/log.ts'
import { addProcessMetrics, createMetrics, type Metrics } from './telemetry/metrics.ts'
import type { Exporting } from './telemetry/start-otlp.ts'

async function start(): Promise<void> {
  const config = parseConfig(process.env)
  const log = await openLog(config)
  const metrics = createMetrics()
  addProcessMetrics(metrics)
  const exporting = await startExporting(config, metrics)
  const contracts = await readContracts(config.SCHEMAS_DIR)
  const access = await openAccess(config, metrics, log)
  const store = await openStore(config, contracts.tables, process.env, {
    onError: (error) =>
      log.warn({ err: error }, 'the Spanner client reports an error in the background'),
    onAbort: () => metrics.commitAborts.inc()
  })
  const app = buildApp({ config, contracts, store, ...access, metrics, log })
  await app.listen({ port: config.PORT, host: config.HOST })
  stopOnSignals(app, config, exporting)
  await report(app, config)
}

/** Log for a person at a terminal, otherwise as JSON for Cloud Logging. */
async function openLog(config: Config): Promise<Logger> {
  const { LOG_LEVEL, K_SERVICE: service, K_REVISION: revision } = config
  if (!process.stdout.isTTY) return createLog(LOG_LEVEL, { service, revision })
  const { prettyOutput } = await import('./telemetry/pretty.ts')
  return createLog(LOG_LEVEL, { service, revision, destination: prettyOutput() })
}

/** Open the authentication of pushes and reads; with API keys, wait until they are read once. */
async function openAccess(
  config: Config,
  metrics: Metrics,
  log: Logger
): Promise<{ pushAuth: PushAuth; readAuth: ReadAuth }> {
  const pushAuth = await createPushAuth({
    mode: config.PUSH_AUTH,
    audience: config.PUSH_AUDIENCE,
    serviceAccounts: config.PUSH_SERVICE_ACCOUNTS,
    certsUrl: config.PUSH_CERTS_URL,
    now: Date.now,
    onFailure: (failure) =>
      log.warn({ err: failure }, 'could not refresh the push-token signing keys')
  })
  const readAuth = await openReadAuth({
    mode: config.READ_AUTH,
    secret: config.API_KEYS_SECRET,
    secretManagerHost: config.SECRET_MANAGER_EMULATOR_HOST,
    ttlMs: config.SECRET_TTL_MS,
    readsPerMinute: config.API_KEY_READS_PER_MINUTE,
    onChange: (version) => log.info({ version }, 'API keys are in use'),
    onWarning(error) {
      metrics.secretFailures.inc()
      log.warn({ err: error }, 'could not reload the API keys; keeping the previous ones')
    }
  })
  return { pushAuth, readAuth }
}

/** Load the exporters only where a collector is configured. */
async function startExporting(
  config: Config,
  { registry }: Metrics
): Promise<Exporting | undefined> {
  const traces = config.OTEL_TRACES_EXPORTER === 'otlp'
  const metrics = config.OTEL_METRICS_EXPORTER === 'otlp'
  if (!config.OTEL_EXPORTER_OTLP_ENDPOINT || !(traces || metrics)) return undefined
  const { startOtlp } = await import('./telemetry/start-otlp.ts')
  return startOtlp(registry, {
    serviceName: config.OTEL_SERVICE_NAME,
    revision: config.K_REVISION,
    traceRatio: config.OTEL_TRACES_SAMPLER_ARG,
    traces,
    metrics
  })
}

/**
 * Answer accepted requests, then exit; Pub/Sub redelivers those that cannot be answered in time.
 */
function stopOnSignals(app: FastifyInstance, config: Config, exporting?: Exporting): void {
  const stop = async (signal: string) => {
    app.log.info({ signal }, 'stopping')
    setTimeout(() => app.server.closeAllConnections(), config.SHUTDOWN_TIMEOUT_MS - 500).unref()
    setTimeout(() => process.exit(0), config.SHUTDOWN_TIMEOUT_MS).unref()
    await app.close()
    await exporting?.close()
    app.log.info('stopped')
    process.exit(0)
  }
  // The launcher of the bundle had a handler of its own before anything was loaded.
  for (const signal of stopSignals) process.removeAllListeners(signal).once(signal, stop)
}

/** Log where the service listens, and check readiness at once. */
async function report(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  const store = config.SPANNER_DATABASE ?? config.EMBEDDED_FILE
  app.log.info({ port, store, lanes: config.COMMIT_LANES }, 'listening')
  await app.inject('/health/ready')
  if (!config.SPANNER_DATABASE) process.stdout.write(welcome(port, config.EMBEDDED_FILE))
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const
// No request is accepted yet, so just exit. Without a handler, the first process of a container
// would ignore the signal.
for (const signal of stopSignals) process.once(signal, () => process.exit(0))

// Keep running when the reader of the output is gone.
process.stdout.on('error', () => undefined)

start().catch((error: unknown) => {
  process.stderr.write(`landfall: ${explain(error)}\n`)
  process.exit(1)
})

/**
 * Write the hint for a person who started the service without Spanner: where it listens and what to
 * try.
 */
export function welcome(port: number, file: string): string {
  const url = `http://localhost:${port}`
  const event =
    '{"specversion":"1.0","id":"1","source":"//shop","type":"com.example.item.changed.v1",' +
    '"time":"2026-11-01T10:00:00Z","data":{"id":"a","value":"red"}}'
  return `
Landfall listens on ${url} and lands in the embedded store (${file}).
Land an event, land it again, read the row:

  curl -H 'content-type: application/cloudevents+json' -d '${event}' ${url}/events
  curl -H 'content-type: application/cloudevents+json' -d '${event}' ${url}/events
  curl ${url}/api/v1/data

`
}
