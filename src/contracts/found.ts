/** JSON Schema's types, where an integer is not also a number. */
export type JsonType = 'null' | 'boolean' | 'string' | 'integer' | 'number' | 'array' | 'object'

export const anyType: ReadonlySet<JsonType> = new Set([
  'null',
  'boolean',
  'string',
  'integer',
  'number',
  'array',
  'object'
])

/**
 * What a JSON Schema says of the place that a pointer names:
 *
 * - `known`: a value may be there, and its schema is declared
 * - `open`: the schema says nothing of that place; a value may be there
 * - `undeclared`: a value may be there, but others are declared and this one is not
 * - `closed`: no valid document has a value there
 */
export interface Found {
  readonly state: 'known' | 'open' | 'undeclared' | 'closed'
  readonly types: ReadonlySet<JsonType>
  /** Every valid document has a value there. */
  readonly always: boolean
  /** Names that are declared where the pointer's way ended. */
  readonly declared: readonly string[]
}

const states = ['known', 'open', 'undeclared', 'closed'] as const

export const open: Found = { state: 'open', types: anyType, always: false, declared: [] }

/** Say what holds when both hold, as in allOf. */
export function both(a: Found, b: Found): Found {
  return {
    state: pick(a, b, ['closed', 'known', 'undeclared', 'open']),
    types: a.types.intersection(b.types),
    always: a.always || b.always,
    declared: [...new Set([...a.declared, ...b.declared])]
  }
}

/** Say what holds when one of both holds, as in anyOf. A branch without the place takes no part. */
export function either(a: Found, b: Found): Found {
  const known = [a, b].filter(({ state }) => state === 'known')
  const possible = [a, b].filter(({ state }) => state !== 'closed')
  return {
    state: pick(a, b, states),
    types: (known.length > 0 ? known : [a, b]).reduce(
      (union, { types }) => union.union(types),
      new Set<JsonType>()
    ),
    always: possible.length > 0 && possible.every(({ always }) => always),
    declared: [...new Set([...a.declared, ...b.declared])]
  }
}

function pick(a: Found, b: Found, order: readonly Found['state'][]): Found['state'] {
  return order.find((state) => a.state === state || b.state === state) ?? 'open'
}
