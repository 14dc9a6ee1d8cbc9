import { Failure } from '../../failures.ts'
import { compareTable } from '../compare.ts'
import { type Difference, handlingOf } from '../difference.ts'
import type { Table } from '../table.ts'
import { checkDatabase } from './check-database.ts'
import { type Connection, connect } from './connect.ts'
import { additiveDdl } from './ddl.ts'
import { createEmulatorDatabase } from './emulator-database.ts'
import { schemaFailure } from './errors.ts'
import { readLiveTables } from './live-tables.ts'
import { onSnapshot } from './read.ts'
import { runDdl } from './run-ddl.ts'

export interface SchemaOptions {
  /** `projects/P/instances/I/databases/D`. */
  readonly database: string
  readonly tables: readonly Table[]
  /** True when SPANNER_EMULATOR_HOST is set: there the instance and the database are created too. */
  readonly emulator?: boolean
}

export interface ApplyOptions extends SchemaOptions {
  /** Do everything but change something. */
  readonly dryRun?: boolean
  /** Told what differs before anything runs, also when it is refused. */
  readonly onChanges?: (changes: readonly Change[]) => void
  /** Told in one line how far the statements are. */
  readonly onProgress?: (line: string) => void
}

/** A difference, with the statements that make it good: none unless it is additive. */
export interface Change extends Difference {
  readonly statements: readonly string[]
}

const readTimeoutMs = 30_000

/**
 * Compare a database with these tables.
 *
 * @throws {Failure} DATABASE_UNSUPPORTED: there is no such database, or it is of another dialect
 */
export function diffSchema(options: SchemaOptions): Promise<readonly Change[]> {
  return connected(options, (connection) => compare(connection, options))
}

/**
 * Bring a database to these tables by what is additive, in one batch of statements. Tables that are
 * there and agree are left alone; what `differenceKinds` leaves is left.
 *
 * @returns the statements that ran, or with `dryRun` would run, in their order
 * @throws {Failure} SCHEMA_DRIFT, with nothing changed, when a difference is not additive
 * @throws {Failure} DATABASE_UNSUPPORTED: there is no such database, or it is of another dialect
 */
export function applySchema(options: ApplyOptions): Promise<readonly string[]> {
  return connected(options, async (connection) => {
    if (options.emulator && !options.dryRun) await createEmulatorDatabase(connection)
    const changes = await compare(connection, options)
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

async function compare(
  connection: Connection,
  { database, tables }: SchemaOptions
): Promise<readonly Change[]> {
  await checkDatabase(connection, { database, readTimeoutMs })
  const names = tables.map(({ name }) => name)
  const live = await onSnapshot(connection, { kind: 'strong' }, readTimeoutMs, (snapshot) =>
    readLiveTables(snapshot, names, readTimeoutMs)
  )
  return tables.flatMap((table) =>
    compareTable(table, live.get(table.name)).map((difference) => ({
      ...difference,
      statements: additiveDdl(table, difference)
    }))
  )
}

function refuseDrift(changes: readonly Change[]): void {
  const refused = changes.filter(({ kind }) => handlingOf(kind).apply === 'refuse')
  if (refused.length === 0) return
  const sentences = refused.map(({ message }) => message).join(' ')
  throw new Failure(
    'SCHEMA_DRIFT',
    `Nothing was changed, because not all is additive. ${sentences}`
  )
}

/** Two differences of one column may be made good by the same statement. */
const statementsOf = (changes: readonly Change[]) => [
  ...new Set(changes.flatMap(({ statements }) => statements))
]

/** A batch that fails half-way leaves its first half, so say how much of it is there. */
async function run(
  connection: Connection,
  options: ApplyOptions,
  statements: readonly string[]
): Promise<void> {
  try {
    await runDdl(connection, { database: options.database, statements }, options.onProgress)
  } catch (error) {
    const failure = schemaFailure(error)
    const left = await compare(connection, options).then(statementsOf, () => undefined)
    if (!left) throw failure
    const ran = statements.filter((statement) => !left.includes(statement)).length
    const message = `${failure.message} ${ran} of ${statements.length} statements ran before it.`
    throw new Failure(failure.code, message, { cause: error })
  }
}
