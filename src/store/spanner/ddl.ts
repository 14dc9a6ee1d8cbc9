import { formatType } from '../../values/column-types.ts'
import { type AdditiveKind, type Difference, policyOf } from '../schema/difference.ts'
import { quote } from '../select.ts'
import { type Column, columnOf, type Index, type Table } from '../table.ts'

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

/**
 * Print the statements that resolve a difference: none if it is not additive, see
 * `differenceKinds`.
 *
 * @param table as declared; the difference is one of this table
 */
export function additiveDdl(table: Table, difference: Difference): readonly string[] {
  const { kind, column = '', index = '' } = difference
  return isAdditive(kind) ? additions[kind](table, column, index) : []
}

const isAdditive = (kind: Difference['kind']): kind is AdditiveKind =>
  policyOf(kind).apply === 'run'

type Addition = (table: Table, column: string, index: string) => readonly string[]

const additions: Readonly<Record<AdditiveKind, Addition>> = {
  'table-missing': (table) => spannerDdl([table]),
  'column-missing': (table, name) => [
    `${alter(table)} ADD COLUMN ${columnDdl(columnOf(table, name))}`
  ],
  'column-short': alterType,
  'column-required': alterType,
  'column-commit-timestamp': (table, name) => {
    const value = columnOf(table, name).commitTimestamp ? 'true' : 'null'
    const options = `(allow_commit_timestamp = ${value})`
    return [`${alter(table)} ALTER COLUMN ${quote(name)} SET OPTIONS ${options}`]
  },
  'ttl-missing': ({ ttl, ...table }) => (ttl ? [`${alter(table)} ADD ${deletionPolicy(ttl)}`] : []),
  'ttl-short': ({ ttl, ...table }) =>
    ttl ? [`${alter(table)} REPLACE ${deletionPolicy(ttl)}`] : [],
  'index-missing': (table, _, name) =>
    table.indexes.filter((index) => index.name === name).map((index) => createIndex(table, index)),
  'stored-missing': (_, column, index) => [
    `ALTER INDEX ${quote(index)} ADD STORED COLUMN ${quote(column)}`
  ]
}

const alter = ({ name }: Pick<Table, 'name'>) => `ALTER TABLE ${quote(name)}`

/** Without NOT NULL the column becomes nullable; its options stay as they are. */
function alterType(table: Table, name: string): readonly string[] {
  const { commitTimestamp: _, ...column } = columnOf(table, name)
  return [`${alter(table)} ALTER COLUMN ${columnDdl(column)}`]
}

/** Print the definition of one column, as in CREATE TABLE and ADD COLUMN. */
export function columnDdl({ name, type, notNull, commitTimestamp }: Column): string {
  const parts = [quote(name), formatType(type)]
  if (notNull) parts.push('NOT NULL')
  if (commitTimestamp) parts.push('OPTIONS (allow_commit_timestamp = true)')
  return parts.join(' ')
}

/** A unique index leaves out rows with NULL in its columns. */
function createIndex(table: Table, { name, columns, storing, unique }: Index): string {
  const kind = unique ? 'UNIQUE NULL_FILTERED INDEX' : 'INDEX'
  const stored = storing.length > 0 ? ` STORING (${list(storing)})` : ''
  return `CREATE ${kind} ${quote(name)} ON ${quote(table.name)} (${list(columns)})${stored}`
}

function createTable({ name, columns, primaryKey, ttl }: Table): string {
  const lines = columns.map((column) => `  ${columnDdl(column)},\n`).join('')
  const policy = ttl ? `, ${deletionPolicy(ttl)}` : ''
  return `CREATE TABLE ${quote(name)} (\n${lines}) PRIMARY KEY (${list(primaryKey)})${policy}`
}

/** https://cloud.google.com/spanner/docs/ttl */
const deletionPolicy = ({ column, days }: NonNullable<Table['ttl']>) =>
  `ROW DELETION POLICY (OLDER_THAN(${quote(column)}, INTERVAL ${days} DAY))`

const list = (names: readonly string[]) => names.map(quote).join(', ')
