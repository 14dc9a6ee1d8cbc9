import { type Column, formatType, type Index, type Table } from '../table.ts'

/**
 * Print tables and their indexes as GoogleSQL, one statement each: a table, then its indexes.
 * Names are quoted, so that reserved words are names like any other.
 * Grammar: https://cloud.google.com/spanner/docs/reference/standard-sql/data-definition-language
 */
export function spannerDdl(tables: readonly Table[]): readonly string[] {
  return tables.flatMap((table) => [
    createTable(table),
    ...table.indexes.map((index) => createIndex(table, index))
  ])
}

/** Print the definition of one column, as in CREATE TABLE and ADD COLUMN. */
export function columnDdl({ name, type, notNull, commitTimestamp }: Column): string {
  const parts = [quote(name), formatType(type)]
  if (notNull) parts.push('NOT NULL')
  if (commitTimestamp) parts.push('OPTIONS (allow_commit_timestamp = true)')
  return parts.join(' ')
}

/** Print CREATE INDEX. A unique index leaves out rows with NULL in it. */
export function createIndex(table: Table, { name, columns, storing, unique }: Index): string {
  const kind = unique ? 'UNIQUE NULL_FILTERED INDEX' : 'INDEX'
  const stored = storing.length > 0 ? ` STORING (${list(storing)})` : ''
  return `CREATE ${kind} ${quote(name)} ON ${quote(table.name)} (${list(columns)})${stored}`
}

function createTable({ name, columns, primaryKey, ttl }: Table): string {
  const lines = columns.map((column) => `  ${columnDdl(column)},\n`).join('')
  const policy = ttl
    ? `, ROW DELETION POLICY (OLDER_THAN(${quote(ttl.column)}, INTERVAL ${ttl.days} DAY))`
    : ''
  return `CREATE TABLE ${quote(name)} (\n${lines}) PRIMARY KEY (${list(primaryKey)})${policy}`
}

const list = (names: readonly string[]) => names.map(quote).join(', ')

const quote = (name: string) => `\`${name}\``
