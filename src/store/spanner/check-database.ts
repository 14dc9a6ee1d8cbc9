import { Failure } from '../../failures.ts'
import type { Connection } from './connect.ts'
import { onSnapshot } from './read.ts'
import { querySchema, readTime } from './read-rows.ts'

/**
 * Query the dialect of a database, with SQL that both dialects accept.
 *
 * @throws {Failure} DATABASE_UNSUPPORTED: the database does not exist, or has another dialect
 */
export async function checkDatabase(
  connection: Connection,
  { database, readTimeoutMs }: { readonly database: string; readonly readTimeoutMs: number }
): Promise<void> {
  const sql =
    'SELECT option_value FROM information_schema.database_options ' +
    "WHERE option_name = 'database_dialect'"
  const rows = await onSnapshot(
    connection,
    { kind: 'strong' },
    readTime(readTimeoutMs),
    (snapshot, time) => querySchema(snapshot(), { sql, params: {}, types: {} }, time)
  ).catch((error: unknown) => {
    throw missingDatabase(error, database)
  })
  const dialect = rows[0]?.['option_value']
  if (dialect === 'POSTGRESQL') {
    const message = `${database} has the PostgreSQL dialect; Landfall needs GoogleSQL.`
    throw new Failure('DATABASE_UNSUPPORTED', message)
  }
}

function missingDatabase(error: unknown, database: string): unknown {
  const missing = /NOT_FOUND, (Database|Instance) not found/
  if (!(error instanceof Failure) || !missing.test(error.message)) return error
  const advice = 'Create it, then run `landfall schema apply`.'
  return new Failure('DATABASE_UNSUPPORTED', `There is no ${database}. ${advice}`, { cause: error })
}
