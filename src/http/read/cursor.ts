import { createHash } from 'node:crypto'
import { Failure } from '../../failures.ts'
import type { Select } from '../../store/store.ts'
import { columnOf, type Table } from '../../store/table.ts'
import type { Row, Value } from '../../values/value.ts'
import { formatValue, parseValue } from './key.ts'

/** A query whose pages a cursor leads through; the page size may change on the way. */
export type Query = Omit<Select, 'columns' | 'after' | 'limit'>

/**
 * Spell the place after a row as an opaque text: base64url of the query's fingerprint and the values
 * of its order columns. It is not signed: a forged one reaches no row that the same query would not.
 */
export function formatCursor(query: Query, row: Row): string {
  const place = query.order.map((name) => {
    const value = row[name]
    if (value === undefined) throw new Error(`a row of ${query.table.name} came without ${name}`)
    return value === null ? null : formatValue(value)
  })
  return Buffer.from(JSON.stringify([fingerprint(query), ...place])).toString('base64url')
}

/**
 * Read the place of a cursor as values of `query.order`.
 *
 * @throws {Failure} QUERY_INVALID: not a cursor, or the cursor of another query
 */
export function parseCursor(query: Query, text: string): readonly Value[] {
  const [print, ...place] = parseTexts(text)
  if (print !== fingerprint(query) || place.length !== query.order.length) {
    throw new Failure('QUERY_INVALID', 'cursor: belongs to another query; start again without it')
  }
  return query.order.map((name, index) => parsePlace(query.table, name, place[index] ?? null))
}

function parsePlace(table: Table, name: string, text: string | null): Value {
  const { type, notNull } = columnOf(table, name)
  if (text !== null) return parseValue(type, text, 'QUERY_INVALID', 'cursor')
  return notNull ? refuseCursor() : null
}

function parseTexts(text: string): readonly (string | null)[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parsed) && parsed.every(isText) ? parsed : refuseCursor()
  } catch (cause) {
    return refuseCursor(cause)
  }
}

function isText(part: unknown): part is string | null {
  return part === null || typeof part === 'string'
}

function refuseCursor(cause?: unknown): never {
  throw new Failure('QUERY_INVALID', 'cursor: expected the value from a Link header', { cause })
}

/** 96 bits, to notice a cursor that strayed to another query: no secret and no proof. */
function fingerprint({ table, index, equals, range, order }: Query): string {
  const filters = [Object.entries(equals).sort(), Object.entries(range ?? {}).sort()]
  const text = JSON.stringify([table.name, index?.name ?? null, order, ...filters])
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}
