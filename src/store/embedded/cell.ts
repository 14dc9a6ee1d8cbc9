import { Failure } from '../../failures.ts'
import type { ColumnType, ScalarType } from '../../values/column-types.ts'
import type { Value } from '../../values/value.ts'
import type { Column, Table } from '../table.ts'
import { checkValue } from './check-value.ts'
import { decodeNumeric, encodeNumeric } from './numeric-text.ts'

/** What SQLite stores in a cell; integers are read as bigint. */
export type Cell = null | string | number | bigint | Uint8Array

/**
 * How SQLite stores each type, so that its order of cells is Spanner's order of values. The first
 * word of a column's declared type gives its affinity (https://www.sqlite.org/datatype3.html).
 */
const storage: Readonly<Record<ScalarType, 'TEXT' | 'INT' | 'REAL' | 'BLOB'>> = {
  STRING: 'TEXT',
  INT64: 'INT',
  FLOAT64: 'REAL',
  FLOAT32: 'REAL',
  NUMERIC: 'TEXT',
  BOOL: 'INT',
  BYTES: 'BLOB',
  DATE: 'TEXT',
  TIMESTAMP: 'TEXT',
  JSON: 'TEXT',
  UUID: 'TEXT'
}

export const storageClass = ({ scalar, array }: ColumnType): string =>
  array ? 'TEXT' : storage[scalar]

/**
 * Encode a value as the cell that stores it.
 *
 * @throws {Failure} STORE_REFUSED when Spanner would refuse the value, naming table and column
 */
export function encodeCell(table: Table, column: Column, value: Value): Cell {
  const fault = checkValue(column, value)
  if (fault) throw new Failure('STORE_REFUSED', `${table.name}.${column.name} ${fault}.`)
  return toCell(column.type, value)
}

/** Encode a value to compare cells with; it was checked before or matches nothing. */
export function toCell(type: ColumnType, value: Value): Cell {
  if (value === null || typeof value === 'boolean') return value === null ? null : Number(value)
  if (typeof value === 'number') return toFloat(type, value)
  if (typeof value !== 'string') return JSON.stringify(value.map(toElement(type)))
  if (type.array) return value
  if (type.scalar === 'INT64') return BigInt(value)
  if (type.scalar === 'NUMERIC') return encodeNumeric(value)
  return type.scalar === 'BYTES' ? Buffer.from(value, 'base64') : value
}

/** A FLOAT32 column rounds what it is given, in Spanner as here. */
const toFloat = ({ scalar }: ColumnType, value: number) =>
  scalar === 'FLOAT32' ? Math.fround(value) : value

const toElement = (type: ColumnType) => (element: Value) =>
  typeof element === 'number' ? toFloat(type, element) : element

/** Decode a cell that `encodeCell` made. */
export function decodeCell(type: ColumnType, cell: unknown): Value {
  if (cell === null || typeof cell === 'number') return cell
  if (typeof cell === 'bigint') return type.scalar === 'BOOL' ? cell !== 0n : String(cell)
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('base64')
  if (typeof cell !== 'string') throw new Error(`SQLite returned a ${typeof cell}`)
  if (type.array) return JSON.parse(cell)
  return type.scalar === 'NUMERIC' ? decodeNumeric(cell) : cell
}
