import { Failure } from '../../failures.ts'
import { compareTable } from '../compare.ts'
import type { Table } from '../table.ts'
import { type Connection, connect } from './connect.ts'
import { createIndex, spannerDdl } from './ddl.ts'
import { schemaFailure } from './errors.ts'
import { readLiveTables } from './live-tables.ts'
import { onSnapshot } from './read.ts'

export interface ApplyOptions {
  /** `projects/P/instances/I/databases/D`. */
  readonly database: string
  readonly tables: readonly Table[]
  /** True when SPANNER_EMULATOR_HOST is set: there the instance and the database are created too. */
  readonly emulator?: boolean
}

const readTimeoutMs = 30_000

/**
 * Create what a database lacks of these tables, in one batch: everything in an empty database,
 * whole tables and indexes in another. Tables that are there and agree are left alone.
 *
 * @returns the statements that ran, in their order
 * @throws {Failure} SCHEMA_DRIFT, with nothing changed, when a table that is there must be changed
 */
export async function applySchema(options: ApplyOptions): Promise<readonly string[]> {
  const connection = await connect(options)
  try {
    if (options.emulator) await createDatabase(connection)
    const statements = await missingDdl(connection, options.tables)
    if (statements.length > 0) await runDdl(connection, options.database, statements)
    return statements
  } catch (error) {
    throw schemaFailure(error)
  } finally {
    await connection.close()
  }
}

async function missingDdl(
  connection: Connection,
  tables: readonly Table[]
): Promise<readonly string[]> {
  const names = tables.map(({ name }) => name)
  const live = await onSnapshot(connection, { kind: 'strong' }, readTimeoutMs, (snapshot) =>
    readLiveTables(snapshot, names, readTimeoutMs)
  )
  const changes = tables
    .flatMap((table) => compareTable(table, live.get(table.name)))
    .filter(({ kind }) => kind !== 'table-missing' && kind !== 'index-missing')
  if (changes.length > 0) {
    throw new Failure('SCHEMA_DRIFT', changes.map(({ message }) => message).join(' '))
  }
  return tables.flatMap((table) => {
    const there = live.get(table.name)
    if (!there) return spannerDdl([table])
    const known = new Set(there.indexes.map(({ name }) => name))
    return table.indexes
      .filter(({ name }) => !known.has(name))
      .map((one) => createIndex(table, one))
  })
}

async function runDdl(
  { client }: Connection,
  database: string,
  statements: readonly string[]
): Promise<void> {
  const request = { database, statements: [...statements] }
  const [operation] = await client.getDatabaseAdminClient().updateDatabaseDdl(request)
  await operation.promise()
}

/** Create the instance and the database of an emulator, unless they are there. */
async function createDatabase({ client, name }: Connection): Promise<void> {
  const project = `projects/${name.project}`
  const instance = {
    displayName: name.instance,
    config: `${project}/instanceConfigs/emulator-config`,
    nodeCount: 1
  }
  await unlessThere(async () => {
    const request = { parent: project, instanceId: name.instance, instance }
    const [operation] = await client.getInstanceAdminClient().createInstance(request)
    await operation.promise()
  })
  await unlessThere(async () => {
    const parent = `${project}/instances/${name.instance}`
    const createStatement = `CREATE DATABASE \`${name.database}\``
    const [operation] = await client
      .getDatabaseAdminClient()
      .createDatabase({ parent, createStatement })
    await operation.promise()
  })
}

const alreadyExists = 6

async function unlessThere(create: () => Promise<void>): Promise<void> {
  try {
    await create()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== alreadyExists) throw error
  }
}
