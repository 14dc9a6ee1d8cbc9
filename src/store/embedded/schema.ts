import type { DatabaseSync } from 'node:sqlite'
import { formatType } from '../../values/column-types.ts'
import { compareTable, type LiveTable } from '../schema/compare.ts'
import type { Difference } from '../schema/difference.ts'
import { quote } from '../select.ts'
import { type Column, columnOf, type Index, type Table } from '../table.ts'
import { storageClass } from './cell.ts'

/**
 * Return the table as SQLite has it: an index has no stored columns, and ends with the primary key,
 * so that it gives the whole order of a page as Spanner's indexes do.
 */
export function embeddedTable(table: Table): Table {
  const indexes = table.indexes.map((index) => ({
    ...index,
    columns: index.unique ? index.columns : [...new Set([...index.columns, ...table.primaryKey])],
    storing: []
  }))
  return { ...table, indexes }
}

/**
 * Create the missing tables, columns and indexes. What the existing rows do not allow is not
 * created, and the comparison reports it as missing. Never changes or drops anything.
 */
export function createMissing(database: DatabaseSync, tables: readonly Table[]): void {
  for (const table of tables.map(embeddedTable)) {
    const differences = compareTable(table, readLiveTable(database, table.name))
    const statements = differences.flatMap((difference) => additionSql(table, difference))
    for (const statement of statements) runIfPossible(database, statement)
  }
}

/** In an empty table a required column can be added too. */
function additionSql(table: Table, { kind, column = '', index }: Difference): readonly string[] {
  if (kind === 'table-missing')
    return [createTable(table), ...table.indexes.map(createIndex(table))]
  if (kind === 'column-missing' || kind === 'column-missing-required') {
    return [addColumn(table, columnOf(table, column))]
  }
  if (kind !== 'index-missing') return []
  return table.indexes.filter(({ name }) => name === index).map(createIndex(table))
}

const columnSql = ({ name, type, notNull }: Column) =>
  `${quote(name)} '${storageClass(type)} ${formatType(type)}'${notNull ? ' NOT NULL' : ''}`

const list = (names: readonly string[]) => names.map(quote).join(', ')

function createTable({ name, columns, primaryKey }: Table): string {
  const key = `PRIMARY KEY (${list(primaryKey)})`
  return `CREATE TABLE ${quote(name)} (${[...columns.map(columnSql), key].join(', ')})`
}

const addColumn = (table: Table, column: Column) =>
  `ALTER TABLE ${quote(table.name)} ADD COLUMN ${columnSql(column)}`

const createIndex =
  (table: Table) =>
  ({ name, unique, columns }: Index) =>
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quote(name)} ON ${quote(table.name)} (${list(columns)})`

/** SQLITE_ERROR and SQLITE_CONSTRAINT say that the rows or the tables that are there forbid it. */
const forbidden = new Set([1, 19])

function runIfPossible(database: DatabaseSync, statement: string): void {
  try {
    database.exec(statement)
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
    if (!forbidden.has(code)) throw error
  }
}

/** Describe a table as it is in the file; undefined when there is none. */
export function readLiveTable(database: DatabaseSync, name: string): LiveTable | undefined {
  const columns = database.prepare('SELECT * FROM pragma_table_info(?)').all(name)
  if (columns.length === 0) return undefined
  const keyed = columns.filter((column) => column['pk'] !== 0)
  return {
    name,
    columns: columns.map((column) => ({
      name: String(column['name']),
      // The first word of the declared type is SQLite's, the rest is Spanner's.
      type: String(column['type']).replace(/^\w+ /, ''),
      notNull: column['notnull'] === 1
    })),
    primaryKey: keyed
      .sort((one, other) => Number(one['pk']) - Number(other['pk']))
      .map((column) => String(column['name'])),
    indexes: readIndexes(database, name)
  }
}

function readIndexes(database: DatabaseSync, table: string): readonly Index[] {
  const indexes = database.prepare('SELECT * FROM pragma_index_list(?)').all(table)
  const columns = database.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno')
  return indexes.map((index) => ({
    name: String(index['name']),
    unique: index['unique'] === 1,
    columns: columns.all(String(index['name'])).map((column) => String(column['name'])),
    storing: []
  }))
}
