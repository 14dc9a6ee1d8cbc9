import { Failure } from '../failures.ts'
import { columnOf, type Table } from '../store/table.ts'
import type { Value } from '../store/value.ts'
import { parseValue } from './value-text.ts'

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
