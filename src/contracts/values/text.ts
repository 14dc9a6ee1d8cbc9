import type { Json } from '../../delivery/event.ts'
import type { ColumnType } from '../../store/table.ts'
import { refuseValue } from './refuse-value.ts'

/** Characters of a STRING(MAX): https://cloud.google.com/spanner/quotas#tables */
export const maxCharacters = 2_621_440

/**
 * Take a string for a STRING column. Spanner counts characters, which are Unicode code points, and
 * stores UTF-8, which has no lone surrogates. NUL is a character like any other.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toText(value: Json, pointer: string, length: ColumnType['length']): string {
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a string')
  if (!value.isWellFormed()) return refuseValue(pointer, 'has a lone surrogate')
  const limit = typeof length === 'number' ? length : maxCharacters
  // A code point takes one or two UTF-16 units, so most strings need no count.
  if (value.length <= limit) return value
  return value.length > limit * 2 || countCodePoints(value) > limit
    ? refuseValue(pointer, `is longer than ${limit} characters`)
    : value
}

function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
