import { maxBytes, toBytes } from './base64.ts'
import { toDate, toTimestamp } from './calendar.ts'
import { isList, type Json } from './json.ts'
import { toFloat, toInt64, toNumeric } from './numeric.ts'
import { maxCharacters, toJsonText, toText, toUuid } from './text.ts'
import { refuseValue, type Value } from './value.ts'

/** Spanner's GoogleSQL column types that Landfall maps. */
export const scalarTypes = [
  'STRING',
  'INT64',
  'FLOAT64',
  'FLOAT32',
  'NUMERIC',
  'BOOL',
  'BYTES',
  'DATE',
  'TIMESTAMP',
  'JSON',
  'UUID'
] as const

export type ScalarType = (typeof scalarTypes)[number]

export interface ColumnType {
  readonly scalar: ScalarType
  /** ARRAY of `scalar`. */
  readonly array: boolean
  /** STRING counts characters, BYTES counts bytes; other types have none. */
  readonly length?: number | 'MAX'
}

const form = /^(?:ARRAY<(?<element>[A-Z0-9()]+)>|(?<plain>[A-Z0-9()]+))$/
const scalarForm = /^(?<name>[A-Z0-9]+)(?:\((?<length>MAX|[1-9]\d{0,7})\))?$/
const limits: Readonly<Record<string, number>> = { STRING: maxCharacters, BYTES: maxBytes }

/** Read a GoogleSQL column type; undefined when it is none that Landfall maps. */
export function parseColumnType(text: string): ColumnType | undefined {
  const { element, plain } = form.exec(text)?.groups ?? {}
  const match = scalarForm.exec(element ?? plain ?? '')?.groups
  const scalar = scalarTypes.find((known) => known === match?.['name'])
  if (!scalar) return undefined
  const length = parseLength(match?.['length'])
  const limit = limits[scalar]
  if ((limit === undefined) !== (length === undefined)) return undefined
  if (typeof length === 'number' && length > (limit ?? 0)) return undefined
  return { scalar, array: element !== undefined, ...(length !== undefined && { length }) }
}

function parseLength(text: string | undefined): number | 'MAX' | undefined {
  return text === undefined || text === 'MAX' ? text : Number(text)
}

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

/** Spell a type as GoogleSQL DDL and INFORMATION_SCHEMA do: `STRING(64)`, `ARRAY<INT64>`. */
export function formatType({ scalar, array, length }: ColumnType): string {
  const spelled = length === undefined ? scalar : `${scalar}(${length})`
  return array ? `ARRAY<${spelled}>` : spelled
}
