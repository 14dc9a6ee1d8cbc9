import { columnOf, type Table } from '../../store/table.ts'
import { type ColumnType, columnTypes } from '../../values/column-types.ts'
import { isList } from '../../values/json.ts'
import type { Row, Value } from '../../values/value.ts'

/** Write one row as the text of a JSON object. */
export type WriteRow = (row: Row) => string

/**
 * Build the writer of rows with these fields, in this order. INT64 and NUMERIC are JSON strings,
 * because a double would round them; TIMESTAMP is RFC 3339 in UTC without needless fraction digits;
 * a JSON column is embedded as it is; what is NULL or absent is null.
 */
export function rowWriter(table: Table, fields: readonly string[]): WriteRow {
  const members = fields.map((name) => ({
    name,
    prefix: `${JSON.stringify(name)}:`,
    write: writerFor(columnOf(table, name).type)
  }))
  return (row) =>
    `{${members.map(({ name, prefix, write }) => prefix + write(row[name] ?? null)).join(',')}}`
}

function writerFor({ scalar, array }: ColumnType): (value: Value) => string {
  const { toJson } = columnTypes[scalar]
  const write = (value: Value) => (value === null ? 'null' : toJson(value))
  if (!array) return write
  return (value) => (isList(value) ? `[${value.map(write).join(',')}]` : 'null')
}
