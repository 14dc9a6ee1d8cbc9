import type { JsonType } from '../values/json.ts'
import { anyType } from './json-types.ts'

/**
 * What a JSON Schema says about the place that a pointer points to:
 *
 * - `known`: a value may be there, and its schema is declared
 * - `open`: the schema does not describe that place; a value may be there
 * - `undeclared`: a value may be there, but others are declared and this one is not
 * - `closed`: no valid document has a value there
 */
export interface SchemaLocation {
  readonly state: 'known' | 'open' | 'undeclared' | 'closed'
  readonly types: ReadonlySet<JsonType>
  /** Every valid document has a value there. */
  readonly always: boolean
  /** The members that are declared where the pointer leaves the schema. */
  readonly declared: readonly string[]
}

export const open: SchemaLocation = { state: 'open', types: anyType, always: false, declared: [] }

/** Combine what two schemas say when a document must match both, as in allOf. */
export function intersect(a: SchemaLocation, b: SchemaLocation): SchemaLocation {
  return {
    state: pick(a, b, ['closed', 'known', 'undeclared', 'open']),
    types: a.types.intersection(b.types),
    always: a.always || b.always,
    declared: [...new Set([...a.declared, ...b.declared])]
  }
}

/**
 * Combine what two schemas say when a document must match one of them, as in anyOf. A branch that
 * cannot have the place does not count.
 */
export function union(a: SchemaLocation, b: SchemaLocation): SchemaLocation {
  const known = [a, b].filter(({ state }) => state === 'known')
  const possible = [a, b].filter(({ state }) => state !== 'closed')
  return {
    state: pick(a, b, ['known', 'open', 'undeclared', 'closed']),
    types: (known.length > 0 ? known : [a, b]).reduce(
      (all, { types }) => all.union(types),
      new Set<JsonType>()
    ),
    always: possible.length > 0 && possible.every(({ always }) => always),
    declared: [...new Set([...a.declared, ...b.declared])]
  }
}

function pick(
  a: SchemaLocation,
  b: SchemaLocation,
  order: readonly SchemaLocation['state'][]
): SchemaLocation['state'] {
  return order.find((state) => a.state === state || b.state === state) ?? 'open'
}
