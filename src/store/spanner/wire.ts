import type { ColumnType, ScalarType } from '../../values/column-types.ts'
import { isList } from '../../values/json.ts'
import { COMMIT_TIMESTAMP, type Value, type WrittenValue } from '../../values/value.ts'
import { columnOf, type Table } from '../table.ts'

/** The client's wrappers of floating point numbers; without them `2` would be sent as an INT64. */
export interface Encoders {
  float(value: number): unknown
  float32(value: number): unknown
  readonly COMMIT_TIMESTAMP: string
}

/**
 * How the client must be told a type. Canonical values are what Spanner's protocol carries, so most
 * types are `same`: https://cloud.google.com/spanner/docs/reference/rpc/google.spanner.v1
 */
const forms: Readonly<Record<ScalarType, 'same' | 'float' | 'float32' | 'timestamp'>> = {
  STRING: 'same',
  INT64: 'same',
  FLOAT64: 'float',
  FLOAT32: 'float32',
  NUMERIC: 'same',
  BOOL: 'same',
  BYTES: 'same',
  DATE: 'same',
  TIMESTAMP: 'timestamp',
  JSON: 'same',
  UUID: 'same'
}

/** Encode a value for the client: floats are wrapped, everything else is passed unchanged. */
export function encodeValue(encoders: Encoders, type: ColumnType, value: WrittenValue): unknown {
  if (value === COMMIT_TIMESTAMP) return encoders.COMMIT_TIMESTAMP
  if (isList(value)) return value.map((element) => encodeValue(encoders, type, element))
  if (typeof value !== 'number') return value
  const unsigned = value === 0 ? 0 : value
  return forms[type.scalar] === 'float32' ? encoders.float32(unsigned) : encoders.float(unsigned)
}

/** Decode a value that arrived without the client's decoding: only timestamps may be shorter. */
export function decodeValue(type: ColumnType, value: unknown): Value {
  if (Array.isArray(value)) return value.map((element) => decodeValue(type, element))
  if (typeof value === 'string')
    return forms[type.scalar] === 'timestamp' ? nanoseconds(value) : value
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** Encode the primary key of a row, in its order. */
export function encodeKey(encoders: Encoders, table: Table, key: readonly Value[]): unknown[] {
  return table.primaryKey.map((name, index) =>
    encodeValue(encoders, columnOf(table, name).type, key[index] ?? null)
  )
}

/** Write a timestamp with nine digits of fraction. */
function nanoseconds(timestamp: string): string {
  const [seconds = '', fraction = ''] = timestamp.slice(0, -1).split('.')
  return `${seconds}.${fraction.padEnd(9, '0')}Z`
}

/** A timestamp of the protocol: seconds since 1970, and nanoseconds. */
interface ProtocolTimestamp {
  readonly seconds?: unknown
  readonly nanos?: number | null
}

/** Write a timestamp of the protocol as a `TIMESTAMP` value. @throws {Error} when there is none */
export function formatTimestamp(timestamp: ProtocolTimestamp | null | undefined): string {
  if (!timestamp) throw new Error('Spanner answered without a timestamp')
  const time = new Date(Number(timestamp.seconds ?? 0) * 1000).toISOString().slice(0, 19)
  return `${time}.${String(timestamp.nanos ?? 0).padStart(9, '0')}Z`
}
