import type { protos } from '@google-cloud/spanner'
import { Failure } from '../../failures.ts'
import { compareTable } from '../schema/compare.ts'
import { type Difference, policyOf } from '../schema/difference.ts'
import type { Table } from '../table.ts'
import { checkDatabase } from './check-database.ts'
import { type Connection, connect } from './connect.ts'
import { additiveDdl } from './ddl.ts'
import { schemaFailure, unlessExists } from './errors.ts'
import { readLiveTables } from './live-tables.ts'
import { onSnapshot } from './read.ts'
import { readTime } from './read-rows.ts'

export interface SchemaOptions {
  /** `projects/P/instances/I/databases/D`. */
  readonly database: string
  readonly tables: readonly Table[]
  /** True when SPANNER_EMULATOR_HOST is set: there the instance and the database are created too. */
  readonly emulator?: boolean
}

export interface ApplyOptions extends SchemaOptions {
  /** Do everything except change the database. */
  readonly dryRun?: boolean
  /** Called with the differences before anything runs, even when they are refused. */
  readonly onChanges?: (changes: readonly Change[]) => void
  /** Called with the progress of the statements, in one line. */
  readonly onProgress?: (line: string) => void
}

/** A difference, with the statements that resolve it: none unless it is additive. */
export interface Change extends Difference {
  readonly statements: readonly string[]
}

const readTimeoutMs = 30_000

/**
 * Compare a database with these tables.
 *
 * @throws {Failure} DATABASE_UNSUPPORTED: the database does not exist, or has another dialect
 */
export function diffSchema(options: SchemaOptions): Promise<readonly Change[]> {
  return connected(options, (connection) => listChanges(connection, options))
}

/**
 * Bring a database to these tables with one batch of additive statements. Tables that match stay
 * untouched, and so do differences whose policy is `leave`.
 *
 * @returns the statements that ran, or with `dryRun` would run, in their order
 * @throws {Failure} SCHEMA_DRIFT, with nothing changed, when a difference is not additive
 * @throws {Failure} DATABASE_UNSUPPORTED: the database does not exist, or has another dialect
 */
export function applySchema(options: ApplyOptions): Promise<readonly string[]> {
  return connected(options, async (connection) => {
    if (options.emulator && !options.dryRun) await createEmulatorDatabase(connection)
    const changes = await listChanges(connection, options)
    options.onChanges?.(changes)
    refuseDrift(changes)
    const statements = statementsOf(changes)
    if (statements.length > 0 && !options.dryRun) await run(connection, options, statements)
    return statements
  })
}

async function connected<T>(
  options: SchemaOptions,
  work: (connection: Connection) => Promise<T>
): Promise<T> {
  const connection = await connect(options)
  try {
    return await work(connection)
  } catch (error) {
    throw schemaFailure(error)
  } finally {
    await connection.close()
  }
}

async function listChanges(
  connection: Connection,
  { database, tables }: SchemaOptions
): Promise<readonly Change[]> {
  await checkDatabase(connection, { database, readTimeoutMs })
  const names = tables.map(({ name }) => name)
  const live = await onSnapshot(
    connection,
    { kind: 'strong' },
    readTime(readTimeoutMs),
    (snapshot, time) => readLiveTables(snapshot, names, time)
  )
  return tables.flatMap((table) =>
    compareTable(table, live.get(table.name)).map((difference) => ({
      ...difference,
      statements: additiveDdl(table, difference)
    }))
  )
}

function refuseDrift(changes: readonly Change[]): void {
  const refused = changes.filter(({ kind }) => policyOf(kind).apply === 'refuse')
  if (refused.length === 0) return
  const sentences = refused.map(({ message }) => message).join(' ')
  throw new Failure(
    'SCHEMA_DRIFT',
    `Nothing was changed, because not all is additive. ${sentences}`
  )
}

/** The same statement may resolve two differences of one column. */
const statementsOf = (changes: readonly Change[]) => [
  ...new Set(changes.flatMap(({ statements }) => statements))
]

/** A batch that fails halfway keeps the statements before, so report how many of them ran. */
async function run(
  connection: Connection,
  options: ApplyOptions,
  statements: readonly string[]
): Promise<void> {
  try {
    await runDdl(connection, { database: options.database, statements }, options.onProgress)
  } catch (error) {
    const failure = schemaFailure(error)
    const left = await listChanges(connection, options).then(statementsOf, () => undefined)
    if (!left) throw failure
    const ran = statements.filter((statement) => !left.includes(statement)).length
    const message = `${failure.message} ${ran} of ${statements.length} statements ran before it.`
    throw new Failure(failure.code, message, { cause: error })
  }
}

/** Create the instance and the database of an emulator, unless they are there. */
async function createEmulatorDatabase({ client, name }: Connection): Promise<void> {
  const project = `projects/${name.project}`
  const instance = {
    displayName: name.instance,
    config: `${project}/instanceConfigs/emulator-config`,
    nodeCount: 1
  }
  await unlessExists(async () => {
    const request = { parent: project, instanceId: name.instance, instance }
    const [operation] = await client.getInstanceAdminClient().createInstance(request)
    await operation.promise()
  })
  await unlessExists(async () => {
    const parent = `${project}/instances/${name.instance}`
    const createStatement = `CREATE DATABASE \`${name.database}\``
    const [operation] = await client
      .getDatabaseAdminClient()
      .createDatabase({ parent, createStatement })
    await operation.promise()
  })
}

/** Often enough to follow, even when an index takes hours to fill. */
const polling = {
  initialRetryDelayMillis: 100,
  retryDelayMultiplier: 1.3,
  maxRetryDelayMillis: 5000,
  totalTimeoutMillis: null
}

/**
 * Run statements as one batch, in their order, and wait until the last one is done. The batch is
 * one operation of the database: it goes on when this process ends. A statement that fails ends it,
 * and those before it stay (https://cloud.google.com/spanner/docs/schema-updates).
 *
 * @param onProgress called with the progress of the operation, in one line, whenever it changes
 * @throws what the client throws
 */
export async function runDdl(
  { client }: Pick<Connection, 'client'>,
  { database, statements }: { readonly database: string; readonly statements: readonly string[] },
  onProgress: (line: string) => void = () => undefined
): Promise<void> {
  const [operation] = await client
    .getDatabaseAdminClient()
    .updateDatabaseDdl({ database, statements: [...statements] }, { longrunning: polling })
  if (!operation.done) onProgress(`${operation.name} goes on if this command is stopped.`)
  let told = ''
  operation.on('progress', (metadata: DdlMetadata) => {
    const line = describeProgress(metadata, statements)
    if (line !== told) onProgress(line)
    told = line
  })
  await operation.promise()
}

type DdlMetadata = protos.google.spanner.admin.database.v1.IUpdateDatabaseDdlMetadata

/** Describe the progress of an operation: what is done, and the statement that runs. */
function describeProgress(metadata: DdlMetadata, statements: readonly string[]): string {
  const done = metadata.commitTimestamps?.length ?? 0
  const running = statements[done]?.split('\n', 1)[0]
  const percent = metadata.progress?.[done]?.progressPercent ?? 0
  const parts = [`${done} of ${statements.length} statements done`]
  if (running) parts.push(`${percent} % of ${running}`)
  if (metadata.throttled) parts.push('throttled, because the database is busy')
  return parts.join('; ')
}
