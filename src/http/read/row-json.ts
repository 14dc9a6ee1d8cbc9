import { columnOf, type Table } from '../../store/table.ts'
import type { ColumnType, ScalarType } from '../../values/column-types.ts'
import { isList } from '../../values/json.ts'
import type { Row, Value } from '../../values/value.ts'

/** Spell one row as the text of a JSON object. */
export type WriteRow = (row: Row) => string

/**
 * Build the spelling of rows with these fields, in this order. INT64 and NUMERIC are JSON strings,
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
  const write = (value: Value) => (value === null ? 'null' : writeScalar(scalar, value))
  if (!array) return write
  return (value) => (isList(value) ? `[${value.map(write).join(',')}]` : 'null')
}

function writeScalar(scalar: ScalarType, value: Value): string {
  // The store keeps JSON as text that was valid when it was written.
  if (scalar === 'JSON') return String(value)
  if (scalar === 'TIMESTAMP') return JSON.stringify(trimFraction(String(value)))
  return JSON.stringify(value)
}

function trimFraction(timestamp: string): string {
  return timestamp.replace(/(?:\.0*|(\.\d*?[1-9])0*)Z$/, '$1Z')
}
