import { Failure, isFailure } from '../../failures.ts'
import { compareTable } from '../compare.ts'
import { createInFlight } from '../in-flight.ts'
import type { Mismatch, Store } from '../store.ts'
import type { Table } from '../table.ts'
import { commit } from './commit.ts'
import { type Connection, type ConnectOptions, connect } from './connect.ts'
import { readLiveTables } from './live-tables.ts'
import { list, onSnapshot, read } from './read.ts'
import { querySchema } from './read-rows.ts'

export interface SpannerOptions extends ConnectOptions {
  /** For a whole commit: its reads, its retries and its waiting. */
  readonly commitTimeoutMs: number
  readonly readTimeoutMs: number
}

/**
 * Open a Spanner database of GoogleSQL dialect. The session is warm when it resolves. A Spanner
 * that does not answer, or not yet allows, does not stop the start: calls fail with a `Failure`
 * until it does. With an emulator, call `prepareEmulatorEnvironment` before.
 *
 * @throws {Failure} DATABASE_UNSUPPORTED: there is no such database, or it is of another dialect
 * @throws {Failure} CONFIG_INVALID: not the full name of a database
 */
export async function openSpannerStore(options: SpannerOptions): Promise<Store> {
  const { commitTimeoutMs, readTimeoutMs } = options
  const connection = await connect(options)
  let checked = await checkedAtStart(connection, options)
  const { track, settled } = createInFlight()
  return {
    commit: (guards, decide) => track(commit(connection, guards, decide, commitTimeoutMs)),
    read: (table, key, columns, freshness) =>
      track(read(connection, { table, key, columns }, freshness, readTimeoutMs)),
    list: (select, freshness) => track(list(connection, select, freshness, readTimeoutMs)),
    async verify(tables) {
      if (!checked) await track(checkDatabase(connection, options))
      checked = true
      return track(verify(connection, tables, readTimeoutMs))
    },
    async close() {
      await settled()
      await connection.close()
    }
  }
}

async function checkedAtStart(connection: Connection, options: SpannerOptions): Promise<boolean> {
  try {
    await checkDatabase(connection, options)
    return true
  } catch (error) {
    if (isFailure(error, 'retry')) return false
    await connection.close()
    throw error
  }
}

/** Ask for the dialect, in words that both dialects understand. */
async function checkDatabase(connection: Connection, options: SpannerOptions): Promise<void> {
  const sql =
    'SELECT option_value FROM information_schema.database_options ' +
    "WHERE option_name = 'database_dialect'"
  const rows = await onSnapshot(connection, { kind: 'strong' }, options.readTimeoutMs, (snapshot) =>
    querySchema(snapshot(), { sql, params: {}, types: {} }, options.readTimeoutMs)
  ).catch((error: unknown) => {
    throw missingDatabase(error, options.database)
  })
  const dialect = rows[0]?.['option_value']
  if (dialect === 'POSTGRESQL') {
    const message = `${options.database} is of PostgreSQL dialect; Landfall needs GoogleSQL.`
    throw new Failure('DATABASE_UNSUPPORTED', message)
  }
}

function missingDatabase(error: unknown, database: string): unknown {
  const missing = /NOT_FOUND, (Database|Instance) not found/
  if (!(error instanceof Failure) || !missing.test(error.message)) return error
  const advice = 'Create it, then run `landfall schema apply`.'
  return new Failure('DATABASE_UNSUPPORTED', `There is no ${database}. ${advice}`, { cause: error })
}

async function verify(
  connection: Connection,
  tables: readonly Table[],
  timeoutMs: number
): Promise<readonly Mismatch[]> {
  const names = tables.map(({ name }) => name)
  const live = await onSnapshot(connection, { kind: 'strong' }, timeoutMs, (snapshot) =>
    readLiveTables(snapshot, names, timeoutMs)
  )
  return tables
    .flatMap((table) => compareTable(table, live.get(table.name)))
    .map(({ table, message }) => ({ table, message }))
}
