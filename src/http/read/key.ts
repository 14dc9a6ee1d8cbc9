import { Failure } from '../../failures.ts'
import { columnOf, type Table } from '../../store/table.ts'
import { type ColumnType, converterFor, formatType } from '../../values/column-types.ts'
import type { Json } from '../../values/json.ts'
import type { Value } from '../../values/value.ts'

/** Spanner's limit: https://cloud.google.com/spanner/quotas#tables */
const maxKeyBytes = 8192

/**
 * Read a primary key from path segments as they arrived: one per key column, each decoded once, so
 * that a `/` inside of a key is spelled `%2F`. An empty segment is the empty string.
 *
 * @throws {Failure} KEY_INVALID
 */
export function parseKey(table: Table, segments: readonly string[]): readonly Value[] {
  const columns = table.primaryKey
  if (segments.length !== columns.length) {
    throw new Failure(
      'KEY_INVALID',
      `the path has ${segments.length} key segments instead of ${columns.length}: ` +
        `${columns.join(', ')}; write a "/" inside of one as %2F`
    )
  }
  const texts = segments.map(decodeSegment)
  if (texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) > maxKeyBytes) {
    throw new Failure('KEY_INVALID', `the key is longer than ${maxKeyBytes} bytes`)
  }
  return columns.map((name, index) =>
    parseValue(columnOf(table, name).type, texts[index] ?? '', 'KEY_INVALID', name)
  )
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new Failure('KEY_INVALID', 'the path has a malformed percent-encoding', { cause })
  }
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const nothingInexact: ReadonlySet<string> = new Set()

/**
 * Read the text of a key or a filter as the exact value of its column, by the rules that data is
 * stored by. Text is what an answer shows, without JSON's quotes: `true`, `-1.5`, `2026-11-01`.
 *
 * @throws {Failure} `code`, naming `what` and the type and never the text
 */
export function parseValue(
  type: ColumnType,
  text: string,
  code: 'QUERY_INVALID' | 'KEY_INVALID',
  what: string
): Value {
  try {
    return converterFor(type)(toJson(type, text), what, nothingInexact)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw new Failure(code, `${cause.message} (type ${formatType(type)})`, { cause })
  }
}

/** Spell a value so that `parseValue` reads it again. Keys and indexes have no ARRAY and no JSON. */
export function formatValue(value: Exclude<Value, null>): string {
  return String(value)
}

/** A text that is of no such type stays a string, for the conversion to refuse. */
function toJson(type: ColumnType, text: string): Json {
  if (type.scalar === 'BOOL' && (text === 'true' || text === 'false')) return text === 'true'
  const isFloat = type.scalar === 'FLOAT64' || type.scalar === 'FLOAT32'
  return isFloat && jsonNumber.test(text) ? Number(text) : text
}
