import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Row } from '../../values/value.ts'
import { type Dialect, quote } from '../select.ts'
import { columnOf, oncePerTable, type Table } from '../table.ts'
import { decodeCell } from './cell.ts'

/** Prepared statements by their SQL; merges of different columns can make many of them. */
export type Prepare = (sql: string) => StatementSync

const cachedStatements = 256

/** Prepare statements once; rows come as arrays, and integers as bigint. */
export function createPrepare(database: DatabaseSync): Prepare {
  const cache = new Map<string, StatementSync>()
  return (sql) => {
    const cached = cache.get(sql)
    if (cached) return cached
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    const [oldest] = cache.keys()
    if (oldest && cache.size >= cachedStatements) cache.delete(oldest)
    cache.set(sql, statement)
    return statement
  }
}

export const sqliteDialect: Dialect = {
  from: (table, index) =>
    `FROM ${quote(table.name)}${index ? ` INDEXED BY ${quote(index.name)}` : ''}`
}

const sqlByColumns = oncePerTable(() => new WeakMap<readonly string[], string>())

/**
 * Write the SQL that reads one row by its key, once for every list of columns that a caller keeps.
 */
export function readSql(table: Table, columns: readonly string[]): string {
  const known = sqlByColumns(table)
  const sql = known.get(columns) ?? spellRead(table, columns)
  known.set(columns, sql)
  return sql
}

function spellRead(table: Table, columns: readonly string[]): string {
  return `SELECT ${columns.map(quote).join(', ')} FROM ${quote(table.name)} WHERE ${isKey(table)}`
}

/** Write the SQL that deletes one row by its key. */
export function deleteSql(table: Table): string {
  return `DELETE FROM ${quote(table.name)} WHERE ${isKey(table)}`
}

const isKey = ({ primaryKey }: Table) =>
  primaryKey.map((name) => `${quote(name)} = ?`).join(' AND ')

/** Write the SQL of Spanner's `insert_or_update`: columns that are not named keep their value. */
export function upsertSql(table: Table, columns: readonly string[]): string {
  const updates = columns
    .filter((name) => !table.primaryKey.includes(name))
    .map((name) => `${quote(name)} = excluded.${quote(name)}`)
  const action = updates.length > 0 ? `UPDATE SET ${updates.join(', ')}` : 'NOTHING'
  return [
    `INSERT INTO ${quote(table.name)} (${columns.map(quote).join(', ')})`,
    `VALUES (${columns.map(() => '?').join(', ')})`,
    `ON CONFLICT (${table.primaryKey.map(quote).join(', ')}) DO ${action}`
  ].join(' ')
}

/** Decode a row that is an array of cells; undefined stays undefined. */
export function decodeRow(table: Table, columns: readonly string[], cells: unknown): Row {
  const values: readonly unknown[] = Array.isArray(cells) ? cells : []
  return Object.fromEntries(
    columns.map((name, index) => [name, decodeCell(columnOf(table, name).type, values[index])])
  )
}
