import { converterFor } from '../contracts/values/convert.ts'
import type { Json } from '../delivery/event.ts'
import { Failure } from '../failures.ts'
import { type ColumnType, formatType } from '../store/table.ts'
import type { Value } from '../store/value.ts'

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
