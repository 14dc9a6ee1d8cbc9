import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createPushAuth, type PushAuth } from './access/push-auth.ts'
import { openReadAuth, type ReadAuth } from './access/read-auth.ts'
import { buildApp } from './app.ts'
import { explain } from './failures.ts'
import { readContracts } from './read-schemas.ts'
import { type Config, parseConfig } from './settings.ts'
import { openStore } from './store/open-store.ts'
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

/** Write for a person at a terminal, else as Cloud Logging reads it. */
async function openLog(config: Config): Promise<Logger> {
  const { LOG_LEVEL, K_SERVICE: service, K_REVISION: revision } = config
  if (!process.stdout.isTTY) return createLog(LOG_LEVEL, { service, revision })
  const { prettyOutput } = await import('./telemetry/pretty.ts')
  return createLog(LOG_LEVEL, { service, revision, destination: prettyOutput() })
}

/** Open the checks of pushes and of reads; with API keys the start waits for their first read. */
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

/** Answer what was accepted, then exit; what cannot be answered in time is redelivered. */
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
  for (const signal of stopSignals) process.off(signal, exit).once(signal, stop)
}

/** Log where it listens, and check readiness at once. */
async function report(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  const store = config.SPANNER_DATABASE ?? config.EMBEDDED_FILE
  app.log.info({ port, store, lanes: config.COMMIT_LANES }, 'listening')
  await app.inject('/health/ready')
  if (!config.SPANNER_DATABASE) process.stdout.write(welcome(port, config.EMBEDDED_FILE))
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const
const exit = () => process.exit(0)
// Nothing is accepted yet. A container's first process ignores a signal that it has no handler for.
for (const signal of stopSignals) process.once(signal, exit)

// The reader of the output may be gone; the service goes on.
process.stdout.on('error', () => undefined)

start().catch((error: unknown) => {
  process.stderr.write(`landfall: ${explain(error)}\n`)
  process.exit(1)
})

/** What a person sees who started the service without Spanner: where it is, and what to try. */
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
