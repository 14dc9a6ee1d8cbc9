import type { Json } from '../../delivery/event.ts'
import { refuseValue } from './refuse-value.ts'

// https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#json_type
const maxDepth = 80
const maxTextBytes = 10_000_000

/**
 * Spell a JSON value as text for a JSON column. The text is made from the parsed value, never
 * copied from the body, so that duplicate keys cannot differ from what was validated.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toJsonText(value: Json, pointer: string): string {
  const problem = findProblem(value, 0)
  if (problem) return refuseValue(pointer, problem)
  const text = JSON.stringify(value)
  return Buffer.byteLength(text) > maxTextBytes
    ? refuseValue(pointer, 'is larger than 10 MB as JSON text')
    : text
}

function findProblem(value: Json, depth: number): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'has a lone surrogate'
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : 'has an infinite number'
  if (value === null || typeof value !== 'object') return undefined
  if (depth >= maxDepth) return `is nested deeper than ${maxDepth} levels`
  return findProblemWithin(value, depth + 1)
}

function findProblemWithin(value: object, depth: number): string | undefined {
  for (const [name, member] of Object.entries(value)) {
    const problem = name.isWellFormed() ? findProblem(member, depth) : 'has a lone surrogate'
    if (problem) return problem
  }
  return undefined
}
