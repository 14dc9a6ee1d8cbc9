import { Failure } from '../../failures.ts'
import type { ColumnType, ScalarType } from '../../values/column-types.ts'
import { isList } from '../../values/json.ts'
import type { Value } from '../../values/value.ts'
import type { Column, Table } from '../table.ts'
import { decodeNumeric, encodeNumeric, numericPattern } from './numeric-text.ts'

/** What SQLite stores in a cell; integers are read as bigint. */
export type Cell = null | string | number | bigint | Uint8Array

/**
 * How SQLite stores a column type. This store stands in for Spanner, so it refuses what Spanner
 * would refuse, even if the conversion in `values/` accepts it.
 */
interface CellRules {
  /** First word of the declared type, for the affinity: https://www.sqlite.org/datatype3.html */
  readonly storage: 'TEXT' | 'INT' | 'REAL' | 'BLOB'
  /** https://cloud.google.com/spanner/docs/data-types */
  readonly isValid: (value: Value) => boolean
  /** The most that MAX stands for, and how to count: https://cloud.google.com/spanner/quotas#tables */
  readonly length?: {
    readonly max: number
    readonly isLonger: (text: string, limit: number) => boolean
  }
  /** The order of cells must be Spanner's order of values. */
  readonly encode: (value: string | number | boolean) => Cell
  readonly decode: (cell: unknown) => Value
}

const matches = (pattern: RegExp) => (value: Value) =>
  typeof value === 'string' && pattern.test(value)

// A value of another type than the column matches no cell; it is passed on unchanged.
const asIs = (value: string | number | boolean): Cell =>
  typeof value === 'boolean' ? Number(value) : value
const ofText = (encode: (text: string) => Cell) => (value: string | number | boolean) =>
  typeof value === 'string' ? encode(value) : asIs(value)

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : unexpected(cell))
const real = (cell: unknown): number => (typeof cell === 'number' ? cell : unexpected(cell))
const integer = (cell: unknown): bigint => (typeof cell === 'bigint' ? cell : unexpected(cell))

function unexpected(cell: unknown): never {
  throw new Error(`SQLite returned a ${typeof cell}`)
}

const asText = { storage: 'TEXT', encode: asIs, decode: text } as const

const rules: Readonly<Record<ScalarType, CellRules>> = {
  STRING: {
    ...asText,
    isValid: (value) => typeof value === 'string' && value.isWellFormed(),
    length: { max: 2_621_440, isLonger: hasMoreCharacters }
  },
  INT64: {
    storage: 'INT',
    isValid: (value) => matches(/^(0|-?[1-9]\d{0,18})$/)(value) && isInt64(String(value)),
    encode: ofText(BigInt),
    decode: (cell) => String(integer(cell))
  },
  FLOAT64: {
    storage: 'REAL',
    isValid: (value) => typeof value === 'number' && Number.isFinite(value),
    encode: asIs,
    decode: real
  },
  FLOAT32: {
    storage: 'REAL',
    isValid: (value) => typeof value === 'number' && Number.isFinite(Math.fround(value)),
    // Spanner too rounds to the nearest float.
    encode: (value) => (typeof value === 'number' ? Math.fround(value) : asIs(value)),
    decode: real
  },
  NUMERIC: {
    storage: 'TEXT',
    isValid: matches(numericPattern),
    encode: ofText(encodeNumeric),
    decode: (cell) => decodeNumeric(text(cell))
  },
  BOOL: {
    storage: 'INT',
    isValid: (value) => typeof value === 'boolean',
    encode: asIs,
    decode: (cell) => integer(cell) !== 0n
  },
  BYTES: {
    storage: 'BLOB',
    // A single character class: a repeated group would overflow the stack on megabytes of text.
    isValid: (value) => matches(/^[A-Za-z0-9+/]*={0,2}$/)(value) && String(value).length % 4 === 0,
    length: {
      max: 10_485_760,
      isLonger: (value, limit) => Buffer.byteLength(value, 'base64') > limit
    },
    encode: ofText((value) => Buffer.from(value, 'base64')),
    decode: (cell) =>
      cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : unexpected(cell)
  },
  DATE: {
    ...asText,
    isValid: (value) => matches(/^\d{4}-\d{2}-\d{2}$/)(value) && isDay(String(value))
  },
  TIMESTAMP: {
    ...asText,
    isValid: (value) =>
      matches(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{9}Z$/)(value) &&
      isDay(String(value).slice(0, 10))
  },
  JSON: { ...asText, isValid: isJson },
  UUID: { ...asText, isValid: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) }
}

/** An ARRAY is JSON text. */
export const storageClass = ({ scalar, array }: ColumnType): string =>
  array ? 'TEXT' : rules[scalar].storage

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
export function toCell({ scalar, array }: ColumnType, value: Value): Cell {
  if (value === null) return null
  if (isList(value)) return JSON.stringify(value.map((element) => toElement(scalar, element)))
  return array ? asIs(value) : rules[scalar].encode(value)
}

/** In the JSON text of an array only numbers change: a FLOAT32 is rounded. */
function toElement(scalar: ScalarType, element: Value): Value | Cell {
  return typeof element === 'number' ? rules[scalar].encode(element) : element
}

/** Decode a cell that `encodeCell` made. */
export function decodeCell({ scalar, array }: ColumnType, cell: unknown): Value {
  if (cell === null) return null
  return array ? JSON.parse(text(cell)) : rules[scalar].decode(cell)
}

/**
 * Return why Spanner would refuse this value in this column; undefined when it would not. The
 * reason never quotes the value.
 */
export function checkValue({ type, notNull }: Column, value: Value): string | undefined {
  if (value === null) return notNull ? 'must not be NULL' : undefined
  if (!type.array) return checkScalar(type, value)
  if (!isList(value)) return 'is not an array'
  for (const element of value) {
    const fault = element === null ? undefined : checkScalar(type, element)
    if (fault) return `has an element that ${fault}`
  }
  return undefined
}

function checkScalar({ scalar, length }: ColumnType, value: Value): string | undefined {
  const { isValid, length: rule } = rules[scalar]
  if (!isValid(value)) return `is not a valid ${scalar}`
  if (!rule || typeof value !== 'string') return undefined
  const limit = typeof length === 'number' ? length : rule.max
  return rule.isLonger(value, limit) ? `is longer than ${limit}` : undefined
}

/** Spanner counts code points; there are never more of them than of UTF-16 units. */
function hasMoreCharacters(value: string, limit: number): boolean {
  return value.length > limit && Array.from(value).length > limit
}

const isInt64 = (digits: string) => BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)

/** True for a day of the years 1 to 9999. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return day >= '0001' && !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

function isJson(value: Value): boolean {
  if (typeof value !== 'string' || !value.isWellFormed()) return false
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}
