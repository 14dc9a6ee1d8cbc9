import type { Json } from '../../delivery/event.ts'
import type { ColumnType, ScalarType } from '../../store/table.ts'
import type { Value } from '../../store/value.ts'
import { toBytes } from './bytes.ts'
import { toDate } from './date.ts'
import { toFloat } from './float.ts'
import { toInt64 } from './int64.ts'
import { toJsonText } from './json-text.ts'
import { toNumeric } from './numeric.ts'
import { refuseValue } from './refuse-value.ts'
import { toText } from './text.ts'
import { toTimestamp } from './timestamp.ts'
import { toUuid } from './uuid.ts'

/**
 * Turn a JSON value that is not null into the exact `Value` of a column, or refuse it: nothing is
 * coerced, rounded or cut. `pointer` says where the value stands in its event; `inexact` holds the
 * pointers of numbers whose text a double cannot hold.
 *
 * @throws {Failure} VALUE_INVALID, with the pointer and never the value
 */
export type Convert = (value: Json, pointer: string, inexact: ReadonlySet<string>) => Value

/** An ARRAY is one cell: https://cloud.google.com/spanner/quotas#tables */
const maxCellBytes = 10_485_760

const scalars: Record<ScalarType, (type: ColumnType) => Convert> = {
  STRING: (type) => (value, pointer) => toText(value, pointer, type.length),
  INT64: () => toInt64,
  FLOAT64: () => (value, pointer) => toFloat(value, pointer, 64),
  FLOAT32: () => (value, pointer) => toFloat(value, pointer, 32),
  NUMERIC: () => toNumeric,
  BOOL: () => toBool,
  BYTES: (type) => (value, pointer) => toBytes(value, pointer, type.length),
  DATE: () => toDate,
  TIMESTAMP: () => toTimestamp,
  JSON: () => toJsonText,
  UUID: () => toUuid
}

/** Find the conversion for a column type. */
export function converterFor(type: ColumnType): Convert {
  const convert = scalars[type.scalar](type)
  return type.array ? arrayOf(convert) : convert
}

function toBool(value: Json, pointer: string): boolean {
  return typeof value === 'boolean' ? value : refuseValue(pointer, 'is not true or false')
}

function arrayOf(convert: Convert): Convert {
  return (value, pointer, inexact) => {
    if (!isList(value)) return refuseValue(pointer, 'is not an array')
    const elements = value.map((element, index) =>
      element === null ? null : convert(element, `${pointer}/${index}`, inexact)
    )
    const bytes = elements.reduce<number>((sum, element) => sum + sizeOf(element), 0)
    return bytes > maxCellBytes ? refuseValue(pointer, 'is larger than 10 MiB') : elements
  }
}

function sizeOf(element: Value): number {
  return typeof element === 'string' ? Buffer.byteLength(element) : 8
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
