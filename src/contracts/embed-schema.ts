import { isObject, type Json } from '../values/json.ts'
import { asSchema, subschemas } from './json-types.ts'
import type { JsonSchema, SchemaObject } from './schema-file.ts'

/** Keywords of JSON Schema 2020-12 that hold one schema, a list of them, or a map of them. */
const holdsOne = new Set([
  ...['additionalProperties', 'propertyNames', 'items', 'contains', 'not', 'if', 'then', 'else'],
  ...['unevaluatedItems', 'unevaluatedProperties', 'contentSchema']
])
const holdsList = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const holdsMap = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']
])

/** Keywords that name a schema within its resource, or refer to one by such a name. */
const naming = ['$id', '$anchor', '$dynamicAnchor', '$dynamicRef']

/**
 * Put a JSON Schema into a larger document so that it means the same there. References into itself
 * become references into the document, which every tool follows. A schema with names of its own
 * keeps them by becoming a resource of its own, with an `$id`
 * (https://json-schema.org/draft/2020-12/json-schema-core#section-8.2.1).
 *
 * @param pointer Its place in the document, such as `#/components/schemas/Order`
 * @param id An absolute URI, for a schema that must be a resource
 */
export function embedSchema(schema: JsonSchema, pointer: string, id: string): JsonSchema {
  if (typeof schema === 'boolean') return schema
  const { $schema: _, ...rest } = schema
  let named = false
  const relocated = mapSchema(rest, (node) => {
    named ||= naming.some((keyword) => Object.hasOwn(node, keyword))
    return relocate(node, pointer)
  })
  return named ? { $id: id, ...rest } : relocated
}

function relocate(node: SchemaObject, pointer: string): SchemaObject {
  const reference = node['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#')) return node
  // One spelling, so that what is moved below is found: `%24defs` is `$defs`.
  const fragment = encodeURI(decodeURIComponent(reference.slice(1)))
  return { ...node, $ref: `${pointer}${fragment}` }
}

/**
 * Put a JSON Schema among the named ones of a document, and its `$defs` beside it: generators of
 * clients do not follow references into a schema.
 *
 * @param base Their place in the document, such as `#/components/schemas/`
 */
export function embedAmong(base: string, name: string, schema: JsonSchema, id: string) {
  const embedded = embedSchema(schema, `${base}${name}`, id)
  if (typeof embedded === 'boolean' || Object.hasOwn(embedded, '$id')) return { [name]: embedded }
  const { $defs = {}, ...rest } = embedded
  const names = isObject($defs) ? Object.keys($defs) : []
  if (!names.every((one) => /^[\w.-]+$/.test(one))) return { [name]: embedded }
  const inside = `${base}${name}/$defs/`
  const move = (node: SchemaObject) => {
    const reference = node['$ref']
    if (typeof reference !== 'string' || !reference.startsWith(inside)) return node
    return { ...node, $ref: `${base}${name}.${reference.slice(inside.length)}` }
  }
  const beside = Object.entries($defs ?? {}).map(([one, definition]) => [
    `${name}.${one}`,
    mapSchema(asSchema(definition), move)
  ])
  return { [name]: mapSchema(rest, move), ...Object.fromEntries(beside) }
}

type Change = (node: SchemaObject) => SchemaObject

/** Change a schema and every schema in it. What only looks like one, as in `const`, stays. */
function mapSchema(schema: JsonSchema, change: Change): JsonSchema {
  if (typeof schema === 'boolean') return schema
  return Object.fromEntries(
    Object.entries(change(schema)).map(([keyword, value]) => [
      keyword,
      mapKeyword(keyword, value, change)
    ])
  )
}

function mapKeyword(keyword: string, value: Json, change: Change): Json {
  const map = (one: Json) => mapSchema(asSchema(one), change)
  if (holdsOne.has(keyword)) return map(value)
  if (holdsList.has(keyword)) return subschemas(value).map(map)
  if (!holdsMap.has(keyword) || !isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, map(one)]))
}
