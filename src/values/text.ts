import { findMember, type Json } from './json.ts'
import { limits } from './limits.ts'
import { refuseValue } from './value.ts'

/**
 * Convert a string for a STRING column. Spanner counts characters, which are code points, and
 * stores UTF-8, which has no lone surrogates. NUL is a character like any other.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toText(value: Json, pointer: string, length: number | 'MAX' = 'MAX'): string {
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a string')
  if (!value.isWellFormed()) return refuseValue(pointer, 'has a lone surrogate')
  const limit = length === 'MAX' ? limits.stringCharacters.ours : length
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

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * Convert a UUID in the text form of RFC 9562 section 4, in lower case.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toUuid(value: Json, pointer: string): string {
  return typeof value === 'string' && uuid.test(value)
    ? value.toLowerCase()
    : refuseValue(pointer, 'is not a UUID such as 2d1c4a3e-0f5b-4c6d-8e7f-001122334455')
}

const maxDepth = limits.jsonDepth.ours

/**
 * Convert a JSON value to text for a JSON column. The text is made from the parsed value, never
 * copied from the body, so that duplicate keys cannot differ from what was validated.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toJsonText(value: Json, pointer: string): string {
  const problem = findProblem(value, 0)
  if (problem) return refuseValue(pointer, problem)
  const text = JSON.stringify(value)
  return Buffer.byteLength(text) > limits.jsonBytes.ours
    ? refuseValue(pointer, 'is larger than 10 MB as JSON text')
    : text
}

function findProblem(value: Json, depth: number): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'has a lone surrogate'
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : 'has an infinite number'
  if (value === null || typeof value !== 'object') return undefined
  if (depth >= maxDepth) return `is nested deeper than ${maxDepth} levels`
  return findMember(value, (member, name) =>
    typeof name === 'string' && !name.isWellFormed()
      ? 'has a lone surrogate'
      : findProblem(member, depth + 1)
  )
}
