/** A value that JSON text stands for. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

/** JSON Schema's types, where an integer is not also a number. */
export const jsonTypes = [
  'null',
  'boolean',
  'string',
  'integer',
  'number',
  'array',
  'object'
] as const

export type JsonType = (typeof jsonTypes)[number]

/** Report whether a value is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Report whether a value is an array. `Array.isArray` alone does not narrow to a readonly array. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value)
}

/**
 * Return the first result for a member or an element that is not undefined. No list of them is
 * built, which for a large array would take several times its own memory.
 */
export function findMember<T>(
  value: JsonObject | readonly Json[],
  find: (member: Json, key: string | number) => T | undefined
): T | undefined {
  if (isList(value)) return findElement(value, find)
  for (const key in value) {
    const found = find(value[key] ?? null, key)
    if (found !== undefined) return found
  }
  return undefined
}

function findElement<T>(
  value: readonly Json[],
  find: (element: Json, index: number) => T | undefined
): T | undefined {
  for (let index = 0; index < value.length; index++) {
    const found = find(value[index] ?? null, index)
    if (found !== undefined) return found
  }
  return undefined
}

/** Return the one JSON Schema type of a value. */
export function typeOfValue(value: Json): JsonType {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
