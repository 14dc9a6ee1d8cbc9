import { isObject, type Json, type JsonType, jsonTypes, typeOfValue } from '../values/json.ts'
import { resolve, unescapeToken } from '../values/json-pointer.ts'
import type { JsonSchema, SchemaObject } from './schema-file.ts'

/** References may form a cycle; no real schema nests them this deep. */
export const maxReferences = 16

/** List the types a valid value may have. `root` is what references point into. */
export function typesOf(root: JsonSchema, schema: JsonSchema, depth = 0): ReadonlySet<JsonType> {
  if (typeof schema === 'boolean') return schema ? anyType : new Set()
  if (depth > maxReferences) return anyType
  const within = (part: JsonSchema) => typesOf(root, part, depth + 1)
  const constraints = [
    ownTypes(schema),
    ...conjuncts(root, schema).map(within),
    ...alternatives(schema).map((branches) =>
      branches.map(within).reduce((union, types) => union.union(types), new Set<JsonType>())
    )
  ]
  return constraints.reduce((all, types) => all.intersection(types))
}

/** The schemas that a value must match too: the target of `$ref`, and each of `allOf`. */
export function conjuncts(root: JsonSchema, schema: JsonSchema): readonly JsonSchema[] {
  if (typeof schema === 'boolean') return []
  const reference = schema['$ref']
  const target = typeof reference === 'string' ? [dereference(root, reference)] : []
  return [...target, ...subschemas(schema['allOf'])]
}

/** The groups of schemas of which a value must match one: `anyOf`, `oneOf`, and `then` or `else`. */
export function alternatives(schema: JsonSchema): readonly (readonly JsonSchema[])[] {
  if (typeof schema === 'boolean') return []
  const conditional =
    schema['if'] === undefined ? [] : [asSchema(schema['then']), asSchema(schema['else'])]
  return [subschemas(schema['anyOf']), subschemas(schema['oneOf']), conditional].filter(
    (group) => group.length > 0
  )
}

/** Take a keyword's value as a schema; what is absent allows everything. */
export function asSchema(value: Json | undefined): JsonSchema {
  if (typeof value === 'boolean') return value
  return isObject(value) ? value : true
}

/** Take a keyword's value as a list of schemas. */
export function subschemas(value: Json | undefined): readonly JsonSchema[] {
  return Array.isArray(value) ? value.map(asSchema) : []
}

/** Follow a reference by pointer. An anchor allows everything here; Ajv checks it. */
function dereference(root: JsonSchema, reference: string): JsonSchema {
  if (typeof root === 'boolean' || !/^#(\/|$)/.test(reference)) return true
  const tokens = reference
    .split('/')
    .slice(1)
    .map((token) => unescapeToken(decodeURIComponent(token)))
  return asSchema(resolve(root, tokens))
}

function ownTypes(schema: SchemaObject): ReadonlySet<JsonType> {
  const { type, const: constant, enum: values } = schema
  if (constant !== undefined) return new Set([typeOfValue(constant)])
  if (Array.isArray(values)) return new Set(values.map(typeOfValue))
  if (type === undefined) return anyType
  const named = new Set([type].flat())
  // JSON Schema's number includes integers.
  return new Set(
    [...anyType].filter((t) => named.has(t) || (t === 'integer' && named.has('number')))
  )
}

export const anyType: ReadonlySet<JsonType> = new Set(jsonTypes)
