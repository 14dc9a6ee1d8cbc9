import { onTestFinished } from 'vitest'
import { createGrpcProxy, type GrpcProxy } from '../../dev/faults/grpc-proxy.ts'
import { buildApp } from '../../src/app.ts'
import { openStore } from '../../src/open-store.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { parseConfig } from '../../src/settings.ts'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { openAccess } from '../http/open-app.ts'
import { freshDatabaseName, spannerHost } from '../store/spanner-database.ts'

/** gRPC statuses by name. */
export const status = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16
} as const

/** For a Spanner that never answers, or never lets a commit through. */
export const impatient = {
  COMMIT_TIMEOUT_MS: '1500',
  READ_TIMEOUT_MS: '1500',
  DELIVERY_TIMEOUT_MS: '4000'
}

/** The whole service on Spanner, with a proxy between them. */
export async function openFaultyApp(
  env: Readonly<Record<string, string>> = {},
  fault: GrpcProxy['fault'] = () => undefined
) {
  const contracts = await readContracts('schemas')
  const database = await freshDatabaseName()
  await applySchema({ database, tables: contracts.tables, emulator: true })
  const proxy = await createGrpcProxy(await spannerHost())
  proxy.fault = fault
  process.env['SPANNER_EMULATOR_HOST'] = proxy.host
  const config = parseConfig({
    SPANNER_DATABASE: database,
    SPANNER_EMULATOR_HOST: proxy.host,
    COMMIT_TIMEOUT_MS: '20000',
    READ_TIMEOUT_MS: '20000',
    DELIVERY_TIMEOUT_MS: '25000',
    BREAKER_COOLDOWN_MS: '50',
    ...env
  })
  const metrics = createMetrics()
  const store = await openStore(config, contracts.tables, process.env, {
    onAbort: () => metrics.commitAborts.inc()
  })
  const app = buildApp({
    config,
    contracts,
    store,
    ...(await openAccess(config)),
    metrics,
    log: createLog('silent')
  })
  onTestFinished(async () => {
    await app.close()
    await proxy.close()
  })
  const deadLetters = async () => {
    const table = contracts.tables.find(({ name }) => name === 'dead_letters')
    if (!table) throw new Error('no table of dead letters')
    const select = { table, columns: ['id', 'reason'], equals: {}, order: ['id'], limit: 100 }
    return (await store.list(select, { kind: 'strong' })).rows
  }
  return { app, proxy, metrics, deadLetters }
}
