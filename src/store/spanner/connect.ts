import type { Database, Snapshot, Spanner, Transaction } from '@google-cloud/spanner'
import { Failure } from '../../failures.ts'
import { isSessionLost } from './errors.ts'

export interface ConnectOptions {
  /** `projects/P/instances/I/databases/D`. */
  readonly database: string
  /** True when SPANNER_EMULATOR_HOST is set, which the client reads itself. */
  readonly emulator?: boolean
  /** Let the client send its own metrics to Cloud Monitoring. */
  readonly builtInMetrics?: boolean
  /** Called with errors that no call can report: of sessions, in the background. */
  readonly onError?: (error: unknown) => void
}

/** One client and one database, for as long as the process lives. */
export interface Connection {
  readonly client: Spanner
  readonly encoders: typeof Spanner
  readonly name: DatabaseName
  /**
   * Take a session within this time, unless the signal is aborted. The transaction releases it at its
   * commit or `end`.
   */
  transaction(timeoutMs: number, signal?: AbortSignal): Promise<Transaction>
  /** Report the result of a transaction, so that a lost session is not used again. */
  failed(transaction: Snapshot, error: unknown): void
  close(): Promise<void>
}

export interface DatabaseName {
  readonly project: string
  readonly instance: string
  readonly database: string
}

/** @throws {Failure} CONFIG_INVALID when it is not the full name of a database */
export function parseDatabaseName(name: string): DatabaseName {
  const [, project, instance, database] =
    /^projects\/([^/]+)\/instances\/([^/]+)\/databases\/([^/]+)$/.exec(name) ?? []
  if (project && instance && database) return { project, instance, database }
  const expected = 'projects/PROJECT/instances/INSTANCE/databases/DATABASE'
  throw new Failure('CONFIG_INVALID', `The Spanner database is ${name}, expected ${expected}.`)
}

/**
 * Load the client and create it. It sends nothing to Spanner yet.
 *
 * @throws {Failure} STORE_MISCONFIGURED when there are no credentials
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const name = parseDatabaseName(options.database)
  const { Database: DatabaseClient, Spanner: encoders } = await import('@google-cloud/spanner')
  const client = new encoders(clientOptions(options, name.project))
  if (!options.emulator) await requireCredentials(client)
  const open = () => {
    // Not `instance.database()`, which would hand out the one whose session was lost.
    const database = new DatabaseClient(client.instance(name.instance), name.database, poolOptions)
    // Without a listener an error event ends the process.
    database['on']('error', (error: unknown) => options.onError?.(error))
    return database
  }
  let database = open()
  return {
    client,
    encoders,
    name,
    transaction: (timeoutMs, signal) => takeTransaction(database, timeoutMs, signal),
    failed(transaction, error) {
      if (!isSessionLost(error) || transaction.session['parent'] !== database) return
      void closeDatabase(database)
      database = open()
    },
    async close() {
      await closeDatabase(database)
      await client.close()
    }
  }
}

/** Without credentials every stub of the client has a rejection that nothing handles. */
async function requireCredentials({ auth }: Spanner): Promise<void> {
  try {
    await auth.getClient()
  } catch (cause) {
    const advice =
      'run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS'
    throw new Failure('STORE_MISCONFIGURED', `There are no credentials for Spanner; ${advice}.`, {
      cause
    })
  }
}

/** RPCs that the client would retry automatically, with delays up to 32 s, for up to ten minutes. */
const retriedMethods = [
  'DeleteSession',
  'BeginTransaction',
  'ExecuteSql',
  'Read',
  'Commit',
  'Rollback'
]

/**
 * All callers wait for the one session that is on its way, for 30 s if the client had its way. When
 * this time is over, the next caller asks for another.
 */
const sessionTimeoutMs = 3000
const createdOnce = { timeout_millis: sessionTimeoutMs, retry_codes_name: 'none' }

/**
 * The sender retries, and the service must recover as soon as Spanner does: so the client does not
 * retry, and tries to connect again every second.
 */
function clientOptions({ emulator, builtInMetrics = false }: ConnectOptions, projectId: string) {
  const methods = {
    ...Object.fromEntries(retriedMethods.map((method) => [method, null])),
    CreateSession: createdOnce,
    BatchCreateSessions: createdOnce
  }
  return {
    projectId,
    disableBuiltInMetrics: !builtInMetrics,
    clientConfig: {
      interfaces: { 'google.spanner.v1.Spanner': { methods, retry_codes: { none: [] } } }
    },
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    // A connection that died silently is detected after 40 s; the client's default is 140.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // An emulator takes no credentials; this keeps the client from looking for any.
    ...(emulator && { clientOptions: { universeDomain: 'googleapis.com' } })
  }
}

/** The pool is used with an emulator only; elsewhere all transactions share one session. */
const poolOptions = { min: 0, max: 100, incStep: 4, acquireTimeout: 10_000 }

/** Sessions left behind are removed by Spanner itself, so closing waits for them only this long. */
const closeTimeoutMs = 1000

async function closeDatabase(database: Database): Promise<void> {
  const closed = database.close().catch(() => undefined)
  await within(closeTimeoutMs, closed).catch(() => undefined)
}

async function takeTransaction(
  database: Database,
  timeoutMs: number,
  signal?: AbortSignal
): Promise<Transaction> {
  const requestOptions = { transactionTag: 'landfall/commit' }
  const taken = database.getTransaction({ requestOptions })
  try {
    const [transaction] = await within(timeoutMs, taken, signal)
    return transaction
  } catch (error) {
    taken.then(([late]) => late.end()).catch(() => undefined)
    throw error
  }
}

function within<T>(timeoutMs: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Failure('STORE_UNAVAILABLE', `No Spanner session within ${timeoutMs} ms.`)
    const timer = setTimeout(() => reject(late), timeoutMs)
    const leave = () => reject(new Failure('STORE_UNAVAILABLE', 'The reader hung up.'))
    signal?.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
    })
  })
}
