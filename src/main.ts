import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createReadAuth } from './access/read-auth.ts'
import { buildApp } from './app.ts'
import { type Config, parseConfig } from './config.ts'
import { explain } from './explain.ts'
import { readContracts } from './schemas.ts'
import { openStore } from './store/open-store.ts'
import { createLog } from './telemetry/log.ts'
import { welcome } from './welcome.ts'

async function start(): Promise<void> {
  const config = parseConfig(process.env)
  const log = createLog(config.LOG_LEVEL)
  const contracts = await readContracts(config.SCHEMAS_DIR)
  const readAuth = await createReadAuth({
    mode: config.READ_AUTH,
    secret: config.API_KEYS_SECRET,
    secretManagerHost: config.SECRET_MANAGER_EMULATOR_HOST,
    ttlMs: config.SECRET_TTL_MS,
    readsPerMinute: config.API_KEY_READS_PER_MINUTE,
    onChange: (version) => log.info({ version }, 'API keys are in use'),
    onWarning: (error) => log.warn({ err: error }, 'the API keys stay as they were')
  })
  const store = await openStore(config, contracts.tables, process.env, (error) =>
    log.warn({ err: error }, 'the Spanner client reports an error in the background')
  )
  const app = buildApp({ config, contracts, store, readAuth, log })
  await app.listen({ port: config.PORT, host: config.HOST })
  stopOnSignals(app, config)
  await report(app, config)
}

/** Answer what was accepted, then exit; what cannot be answered in time is redelivered. */
function stopOnSignals(app: FastifyInstance, config: Config): void {
  const stop = async (signal: string) => {
    app.log.info({ signal }, 'stopping')
    setTimeout(() => app.server.closeAllConnections(), config.SHUTDOWN_TIMEOUT_MS - 500).unref()
    setTimeout(() => process.exit(0), config.SHUTDOWN_TIMEOUT_MS).unref()
    await app.close()
    app.log.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
}

/** Say where it listens, and at once whether it can land anything. */
async function report(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  const store = config.SPANNER_DATABASE ?? config.EMBEDDED_FILE
  app.log.info({ port, store, lanes: config.COMMIT_LANES }, 'listening')
  const { payload, statusCode } = await app.inject('/health/ready')
  if (statusCode !== 200) app.log.error(JSON.parse(payload), 'not ready')
  if (!config.SPANNER_DATABASE) process.stdout.write(welcome(port, config.EMBEDDED_FILE))
}

// Whoever read the output may be gone; that is no reason to stop serving.
process.stdout.on('error', () => undefined)

start().catch((error: unknown) => {
  process.stderr.write(`landfall: ${explain(error)}\n`)
  process.exit(1)
})
