import { Failure } from '../../failures.ts'
import { columnOf, type Table } from '../../store/table.ts'
import {
  type ColumnType,
  columnTypes,
  converterFor,
  formatType
} from '../../values/column-types.ts'
import { limits } from '../../values/limits.ts'
import type { Value } from '../../values/value.ts'

const maxKeyBytes = limits.keyBytes.ours

/**
 * Read a primary key from path segments as they arrived: one per key column, each decoded once, so
 * that a `/` inside of a key is written `%2F`. An empty segment is the empty string.
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
    return converterFor(type)(columnTypes[type.scalar].fromText(text), what, nothingInexact)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    const spaced = code === 'QUERY_INVALID' && type.scalar === 'TIMESTAMP' && text.includes(' ')
    const hint = spaced ? '; in a query + is a space, write %2B' : ''
    throw new Failure(code, `${cause.message} (type ${formatType(type)})${hint}`, { cause })
  }
}

/** Write a value so that `parseValue` reads it again. Keys and indexes have no ARRAY and no JSON. */
export function formatValue(value: Exclude<Value, null>): string {
  return String(value)
}
