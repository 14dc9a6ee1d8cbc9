import { toBytes } from './base64.ts'
import { shortenTimestamp, toDate, toTimestamp } from './calendar.ts'
import { isList, type Json, type JsonObject, type JsonType, jsonTypes } from './json.ts'
import { limits } from './limits.ts'
import { addInt64, addNumeric, numberFromText, toFloat, toInt64, toNumeric } from './numeric.ts'
import { toJsonText, toText, toUuid } from './text.ts'
import { refuseValue, type Value, valueBytes } from './value.ts'

/** Spanner's GoogleSQL column types that Landfall maps: one row each in `columnTypes`. */
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

type Length = number | 'MAX'

export interface ColumnType {
  readonly scalar: ScalarType
  /** ARRAY of `scalar`. */
  readonly array: boolean
  /** STRING counts characters, BYTES counts bytes; other types have none. */
  readonly length?: Length
}

/**
 * Turn a JSON value that is not null into the exact `Value` of a column, or refuse it: nothing is
 * coerced, rounded or cut. `pointer` says where the value stands in its event; `inexact` has the
 * pointers of numbers whose text a double cannot represent exactly.
 *
 * @throws {Failure} VALUE_INVALID, with the pointer and never the value
 */
export type Convert = (value: Json, pointer: string, inexact: ReadonlySet<string>) => Value

/** Everything that Landfall knows of one column type, whatever the store. */
export interface ColumnTypeRules {
  /** Types of JSON that `convert` may accept. */
  readonly accepts: readonly JsonType[]
  /** As `Convert`, for a column of this length. */
  readonly convert: (...of: [...Parameters<Convert>, length?: Length]) => Value
  /** The length of a type that has one: STRING(64). */
  readonly length?: { readonly max: number; readonly unit: 'characters' | 'bytes' }
  /** Equal and ordered exactly, in every store: fit for keys, indexes and filters. */
  readonly ordered: boolean
  /** Grows with time: as the first part of a key it would send all new rows to one split. */
  readonly growing: boolean
  /** Sum of two values, for counters; undefined when it does not fit. Other types have none. */
  readonly add?: (a: string, b: string) => string | undefined
  /** Read the text of a key or a filter as JSON for `convert`. Text that does not fit stays text. */
  readonly fromText: (text: string) => Json
  /** Write a value that is not NULL as JSON text. */
  readonly toJson: (value: Value) => string
  /** JSON Schema of what `toJson` writes, but for a length. */
  readonly schema: JsonObject
  /** A value of any length that says nothing. */
  readonly zero: Value
}

const text = (value: string) => value
const json = (value: Value) => JSON.stringify(value)

/**
 * The rules of each column type. To add a type, add its name above and its row here; the compiler
 * then asks for its row in each store.
 */
export const columnTypes: Readonly<Record<ScalarType, ColumnTypeRules>> = {
  /** Text without lone surrogates. */
  STRING: {
    accepts: ['string'],
    convert: (value, pointer, _inexact, length) => toText(value, pointer, length),
    length: { max: limits.stringCharacters.ours, unit: 'characters' },
    ordered: true,
    growing: false,
    fromText: text,
    toJson: json,
    schema: { type: 'string' },
    zero: ''
  },
  /** Text: decimal digits without leading zeros, `0` for `-0`. A double would round it. */
  INT64: {
    accepts: ['string', 'integer'],
    convert: toInt64,
    ordered: true,
    growing: false,
    add: addInt64,
    fromText: text,
    toJson: json,
    schema: { type: 'string', pattern: '^(0|-?[1-9][0-9]{0,18})$' },
    zero: '0'
  },
  /** A finite number. */
  FLOAT64: {
    accepts: ['integer', 'number'],
    convert: (value, pointer) => toFloat(value, pointer, 64),
    ordered: false,
    growing: false,
    fromText: numberFromText,
    toJson: json,
    schema: { type: 'number' },
    zero: 0
  },
  /** A finite number that a float has exactly. */
  FLOAT32: {
    accepts: ['integer', 'number'],
    convert: (value, pointer) => toFloat(value, pointer, 32),
    ordered: false,
    growing: false,
    fromText: numberFromText,
    toJson: json,
    schema: { type: 'number' },
    zero: 0
  },
  /** Text: decimal digits without an exponent and without zeros at the end of the fraction. */
  NUMERIC: {
    accepts: ['string', 'integer', 'number'],
    convert: toNumeric,
    ordered: true,
    growing: false,
    add: addNumeric,
    fromText: text,
    toJson: json,
    schema: {
      type: 'string',
      pattern: '^(0|-?(0|[1-9][0-9]{0,28})\\.[0-9]{0,8}[1-9]|-?[1-9][0-9]{0,28})$'
    },
    zero: '0'
  },
  /** A boolean. */
  BOOL: {
    accepts: ['boolean'],
    convert: (value, pointer) =>
      typeof value === 'boolean' ? value : refuseValue(pointer, 'is not true or false'),
    ordered: true,
    growing: false,
    fromText: (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
    toJson: json,
    schema: { type: 'boolean' },
    zero: false
  },
  /** Text: standard base64 with padding. */
  BYTES: {
    accepts: ['string'],
    convert: (value, pointer, _inexact, length) => toBytes(value, pointer, length),
    length: { max: limits.cellBytes.ours, unit: 'bytes' },
    ordered: true,
    growing: false,
    fromText: text,
    toJson: json,
    schema: { type: 'string', contentEncoding: 'base64' },
    zero: ''
  },
  /** Text: `YYYY-MM-DD`. */
  DATE: {
    accepts: ['string'],
    convert: toDate,
    ordered: true,
    growing: true,
    fromText: text,
    toJson: json,
    schema: { type: 'string', format: 'date' },
    zero: '1970-01-01'
  },
  /** Text: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`, nine digits so that text order is time order. */
  TIMESTAMP: {
    accepts: ['string'],
    convert: toTimestamp,
    ordered: true,
    growing: true,
    fromText: text,
    toJson: (value) => json(shortenTimestamp(String(value))),
    schema: { type: 'string', format: 'date-time' },
    zero: '1970-01-01T00:00:00.000000000Z'
  },
  /** JSON text. */
  JSON: {
    accepts: jsonTypes,
    convert: toJsonText,
    ordered: false,
    growing: false,
    fromText: text,
    // The store keeps JSON as text that was valid when it was written.
    toJson: String,
    schema: {},
    zero: 'null'
  },
  /** Text: lower case, with hyphens. */
  UUID: {
    accepts: ['string'],
    convert: toUuid,
    ordered: true,
    growing: false,
    fromText: text,
    toJson: json,
    schema: { type: 'string', format: 'uuid' },
    zero: '00000000-0000-0000-0000-000000000000'
  }
}

/** Return the conversion for a column type. */
export function converterFor({ scalar, array, length }: ColumnType): Convert {
  const { convert } = columnTypes[scalar]
  const one: Convert = length
    ? (value, pointer, inexact) => convert(value, pointer, inexact, length)
    : convert
  return array ? arrayOf(one) : one
}

function arrayOf(convert: Convert): Convert {
  return (value, pointer, inexact) => {
    if (!isList(value)) return refuseValue(pointer, 'is not an array')
    const elements = value.map((element, index) =>
      element === null ? null : convert(element, `${pointer}/${index}`, inexact)
    )
    const bytes = elements.reduce<number>((sum, element) => sum + valueBytes(element), 0)
    return bytes > limits.cellBytes.ours ? refuseValue(pointer, 'is larger than 10 MiB') : elements
  }
}

/** Report whether a counter can add to columns of this type. */
export function isSummable({ scalar, array }: ColumnType): boolean {
  return !array && columnTypes[scalar].add !== undefined
}

/**
 * Add two values of a type that `isSummable`; undefined when the sum does not fit.
 *
 * @throws {Error} for any other type: a bug, not an input
 */
export function addValues({ scalar }: ColumnType, a: string, b: string): string | undefined {
  const { add } = columnTypes[scalar]
  if (!add) throw new Error(`values of type ${scalar} have no sum`)
  return add(a, b)
}

const form = /^(?:ARRAY<(?<element>[A-Z0-9()]+)>|(?<plain>[A-Z0-9()]+))$/
const scalarForm = /^(?<name>[A-Z0-9]+)(?:\((?<length>MAX|[1-9]\d{0,7})\))?$/

/** Read a GoogleSQL column type; undefined when Landfall maps no such type. */
export function parseColumnType(typeText: string): ColumnType | undefined {
  const { element, plain } = form.exec(typeText)?.groups ?? {}
  const match = scalarForm.exec(element ?? plain ?? '')?.groups
  const scalar = scalarTypes.find((known) => known === match?.['name'])
  if (!scalar) return undefined
  const length = parseLength(match?.['length'])
  const limit = columnTypes[scalar].length?.max
  if ((limit === undefined) !== (length === undefined)) return undefined
  if (typeof length === 'number' && length > (limit ?? 0)) return undefined
  return { scalar, array: element !== undefined, ...(length !== undefined && { length }) }
}

function parseLength(digits: string | undefined): Length | undefined {
  return digits === undefined || digits === 'MAX' ? digits : Number(digits)
}

/** Write a type as GoogleSQL DDL and INFORMATION_SCHEMA do: `STRING(64)`, `ARRAY<INT64>`. */
export function formatType({ scalar, array, length }: ColumnType): string {
  const element = length === undefined ? scalar : `${scalar}(${length})`
  return array ? `ARRAY<${element}>` : element
}
