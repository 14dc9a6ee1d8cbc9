import {
  type Column,
  formatType,
  type Index,
  type KeyPart,
  type Schema,
  type Table
} from './schema.ts'

/** Print a schema as GetDatabaseDdl does, one statement for each table and each index. */
export function printSchema(schema: Schema): readonly string[] {
  return schema.flatMap((table) => [
    printTable(table),
    ...table.indexes.map((index) => printIndex(table, index))
  ])
}

function printTable({ name, columns, primaryKey, deletionPolicy }: Table): string {
  const lines = columns.map((column) => `  ${printColumn(column)},\n`).join('')
  const policy = deletionPolicy ? `, ROW DELETION POLICY (${deletionPolicy})` : ''
  return `CREATE TABLE ${name} (\n${lines}) PRIMARY KEY(${printKey(primaryKey)})${policy}`
}

function printColumn(column: Column): string {
  const { name, type, notNull, commitTimestamp, byDefault, generated } = column
  const parts = [name, formatType(type)]
  if (notNull) parts.push('NOT NULL')
  if (byDefault !== undefined) parts.push(`DEFAULT (${byDefault})`)
  if (generated !== undefined) parts.push(`AS (${generated}) STORED`)
  if (commitTimestamp) parts.push('OPTIONS (\n    allow_commit_timestamp = true\n  )')
  return parts.join(' ')
}

function printIndex(table: Table, { name, columns, storing, unique, nullFiltered }: Index): string {
  const kind = `${unique ? 'UNIQUE ' : ''}${nullFiltered ? 'NULL_FILTERED ' : ''}INDEX`
  const stored = storing.length > 0 ? ` STORING (${storing.join(', ')})` : ''
  return `CREATE ${kind} ${name} ON ${table.name}(${printKey(columns)})${stored}`
}

const printKey = (parts: readonly KeyPart[]) =>
  parts.map(({ column, descending }) => (descending ? `${column} DESC` : column)).join(', ')
