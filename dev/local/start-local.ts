import { Complaint } from '../../src/failures.ts'
import { openPubSub } from '../../src/pull/open-subscription.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { parseConfig } from '../../src/settings.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import type { Table } from '../../src/store/table.ts'
import { type EmulatorProgram, pubsubEmulator, spannerEmulator, startEmulator } from './emulator.ts'
import { findSdkProgram } from './google-sdk.ts'
import { startLocalService } from './local-service.ts'
import { freePort, mustListen } from './ports.ts'
import { createTopics, type Topics } from './topics.ts'

export interface LocalOptions {
  /** The environment of the process, in which the Spanner client finds the emulator. */
  readonly env: Record<string, string | undefined>
  /** URL that the Pub/Sub emulator pushes to, when it cannot reach this machine as `localhost`. */
  readonly pushTo?: string | undefined
  /** Aborts the start. */
  readonly signal: AbortSignal
}

/** The addresses of what runs. */
export interface Local {
  readonly projectId: string
  readonly spannerEmulatorHost: string
  readonly spannerDatabase: string
  readonly pubsubEmulatorHost: string
  readonly topics: Topics
  /** Of the service. */
  readonly url: string
}

/** A part that was started here and must be stopped. */
export interface Part {
  /** Rejects when it ends, with its exit code or signal. */
  readonly died: Promise<never>
  stop(): Promise<void>
}

interface Emulated {
  readonly program: EmulatorProgram
  /** The variable that names a running emulator. */
  readonly variable: 'SPANNER_EMULATOR_HOST' | 'PUBSUB_EMULATOR_HOST'
  /** The port in Google's own documentation. */
  readonly port: number
}

const spanner: Emulated = {
  program: spannerEmulator,
  variable: 'SPANNER_EMULATOR_HOST',
  port: 9010
}
const pubsub: Emulated = { program: pubsubEmulator, variable: 'PUBSUB_EMULATOR_HOST', port: 8085 }

const projectId = 'landfall-local'
const spannerDatabase = `projects/${projectId}/instances/local/databases/landfall`

/**
 * Start everything, Java's slow part beside the rest.
 *
 * @param parts receives the parts that were started, also when this throws
 */
export async function startLocal(options: LocalOptions, parts: Part[]): Promise<Local> {
  // The Pub/Sub emulator sends no tokens.
  const env: LocalOptions['env'] = { ...options.env, PUSH_AUTH: 'none' }
  const config = parseConfig(env)
  const { tables } = await readContracts(config.SCHEMAS_DIR)
  for (const { program, variable } of [spanner, pubsub]) {
    if (!env[variable]) await findSdkProgram(program, env['PATH'])
  }
  const port = await ownPort(config.PORT)
  const failed = new AbortController()
  const either = { ...options, signal: AbortSignal.any([options.signal, failed.signal]) }
  const [spannerEmulatorHost, pubsubEmulatorHost] = await allOrNone(failed, [
    startLanding(either, parts, tables, port),
    hostOf(pubsub, either, parts)
  ])
  const url = `http://localhost:${port}`
  const topics = await createLocalTopics(pubsubEmulatorHost, options.pushTo ?? `${url}/events`)
  return { projectId, spannerEmulatorHost, spannerDatabase, pubsubEmulatorHost, topics, url }
}

/** Events and rows have one well-known address, so no other port is used silently. */
async function ownPort(wanted: number): Promise<number> {
  const port = await freePort(wanted)
  if (wanted === 0 || port === wanted) return port
  throw new Complaint(`Port ${wanted} is already in use; set PORT to another one for Landfall`)
}

/** When one fails, wait until the other has stopped too, so that nothing starts later. */
async function allOrNone<A, B>(
  failed: AbortController,
  tasks: readonly [Promise<A>, Promise<B>]
): Promise<[A, B]> {
  try {
    return await Promise.all(tasks)
  } catch (error) {
    failed.abort()
    await Promise.allSettled(tasks)
    throw error
  }
}

async function startLanding(
  options: LocalOptions,
  parts: Part[],
  tables: readonly Table[],
  port: number
): Promise<string> {
  const { env, signal } = options
  const host = await hostOf(spanner, options, parts)
  env['SPANNER_EMULATOR_HOST'] = host
  prepareEmulatorEnvironment(env)
  const { applySchema } = await import('../../src/store/spanner/apply.ts')
  await applySchema({ database: spannerDatabase, tables, emulator: true })
  signal.throwIfAborted()
  const landing = { SPANNER_DATABASE: spannerDatabase, PORT: String(port), PUSH_AUTH: 'none' }
  const service = await startLocalService({ env: { ...env, ...landing }, port, signal })
  parts.push(service)
  return host
}

async function hostOf(
  { program, variable, port }: Emulated,
  { env, signal }: LocalOptions,
  parts: Part[]
): Promise<string> {
  const given = env[variable]
  if (given) {
    await mustListen(given, variable)
    return given
  }
  const emulator = await startEmulator(program, { path: env['PATH'], port, signal })
  parts.push(emulator)
  return emulator.host
}

async function createLocalTopics(emulatorHost: string, endpoint: string): Promise<Topics> {
  const client = await openPubSub({ projectId, emulatorHost })
  try {
    return await createTopics(client, { name: 'events', endpoint })
  } finally {
    await client.close()
  }
}
