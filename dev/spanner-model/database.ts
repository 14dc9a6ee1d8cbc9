import { type Clock, createClock } from './clock.ts'
import { createLocks, type Locks } from './locks.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { createRows, type Rows } from './rows.ts'
import type { Schema } from './schema.ts'
import { changeSchema } from './schema-change.ts'
import { createTransactions, type Transactions } from './transactions.ts'

export type Dialect = 'GOOGLE_STANDARD_SQL' | 'POSTGRESQL'

/** One database in memory. */
export interface Database {
  readonly dialect: Dialect
  readonly clock: Clock
  readonly locks: Locks
  readonly rows: Rows
  readonly transactions: Transactions
  schema: Schema
}

/** Make a database without tables. */
export function createDatabase(dialect: Dialect): Database {
  const locks = createLocks()
  return {
    dialect,
    clock: createClock(),
    locks,
    rows: createRows(),
    transactions: createTransactions(locks),
    schema: []
  }
}

/**
 * Run statements of DDL in their order until one fails, which leaves those before it
 * (https://cloud.google.com/spanner/docs/schema-updates).
 *
 * @returns why one failed
 */
export function runDdl(database: Database, statements: readonly string[]): Refusal | undefined {
  try {
    for (const statement of statements) {
      const changed = changeSchema(database.schema, statement, database.clock.next())
      database.rows.follow(changed)
      database.schema = changed
    }
    return undefined
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
}
