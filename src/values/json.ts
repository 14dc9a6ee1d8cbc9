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

/** Return the one JSON Schema type of a value. */
export function typeOfValue(value: Json): JsonType {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
