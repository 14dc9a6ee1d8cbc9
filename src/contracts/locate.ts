import { isList, isObject, type Json } from '../values/json.ts'
import {
  alternatives,
  asSchema,
  conjuncts,
  maxReferences,
  subschemas,
  typesOf
} from './json-types.ts'
import type { JsonSchema } from './schema-file.ts'
import { intersect, open, type SchemaLocation, union } from './schema-location.ts'

/** A step to any one element of the array of `forEach`. */
export const EACH = Symbol('each element')

export type Step = string | typeof EACH

interface Context {
  /** What references point into. */
  readonly root: JsonSchema
  readonly depth: number
}

/**
 * Locate the place that steps lead to in a JSON Schema. `always` is proven for every valid document
 * and, from EACH on, for every element of the array.
 */
export function locate(root: JsonSchema, steps: readonly Step[]): SchemaLocation {
  return locateIn({ root, depth: 0 }, root, steps)
}

function locateIn(context: Context, schema: JsonSchema, steps: readonly Step[]): SchemaLocation {
  const [step, ...rest] = steps
  const types = typesOf(context.root, schema)
  if (step === undefined) return { state: 'known', types, always: true, declared: [] }
  const found = locateParts(context, schema, steps)
  if (step === EACH || rest.includes(EACH)) return found
  const isContainer = types.size === 1 && (types.has('object') || types.has('array'))
  return { ...found, always: found.always && isContainer && requires(context, schema, step) }
}

function locateParts(context: Context, schema: JsonSchema, steps: readonly Step[]): SchemaLocation {
  if (context.depth > maxReferences) return open
  const deeper = { ...context, depth: context.depth + 1 }
  const within = (part: JsonSchema) => locateParts(deeper, part, steps)
  const parts = [
    locateOwn(deeper, schema, steps),
    ...conjuncts(context.root, schema).map(within),
    ...alternatives(schema).map((branches) => branches.map(within).reduce(union))
  ]
  return parts.reduce(intersect)
}

/** Report whether every valid object has this member, or every valid array this element. */
function requires(context: Context, schema: JsonSchema, step: string): boolean {
  if (typeof schema === 'boolean' || context.depth > maxReferences) return false
  const deeper = { ...context, depth: context.depth + 1 }
  const { required, minItems } = schema
  return (
    (Array.isArray(required) && required.includes(step)) ||
    (typeof minItems === 'number' && Number(step) < minItems) ||
    conjuncts(context.root, schema).some((part) => requires(deeper, part, step)) ||
    alternatives(schema).some((group) => group.every((part) => requires(deeper, part, step)))
  )
}

function locateOwn(context: Context, schema: JsonSchema, steps: readonly Step[]): SchemaLocation {
  const [step, ...rest] = steps
  if (typeof schema === 'boolean' || step === undefined) {
    return schema === false ? closed([]) : { ...open, always: rest.length === 0 }
  }
  const next = step === EACH || isArray(schema) ? elementOf(schema, step) : memberOf(schema, step)
  if (isList(next)) return next.map((part) => locateIn(context, part, rest)).reduce(intersect)
  // A required member is always there, even when no schema describes it.
  return { ...next, always: next.state !== 'closed' && rest.length === 0 }
}

type Next = readonly JsonSchema[] | SchemaLocation
type Keywords = { readonly [keyword: string]: Json }

/** The schemas that a member must all match; or the location when there is none. */
function memberOf(schema: Keywords, step: string): Next {
  if (excludes(schema, 'object')) return closed([])
  const { properties, patternProperties, additionalProperties } = schema
  const named = isObject(properties) ? properties : {}
  const patterns = isObject(patternProperties) ? patternProperties : {}
  const matching = [
    ...(Object.hasOwn(named, step) ? [asSchema(named[step])] : []),
    ...Object.entries(patterns)
      .filter(([pattern]) => new RegExp(pattern, 'u').test(step))
      .map(([, part]) => asSchema(part))
  ]
  if (matching.length > 0) return matching
  const declared = [...Object.keys(named), ...Object.keys(patterns)]
  if (additionalProperties === false) return closed(declared)
  if (isObject(additionalProperties)) return [additionalProperties]
  return declared.length > 0 ? { ...open, state: 'undeclared', declared } : open
}

/** The schemas that an element must all match; or the location when there is none. */
function elementOf(schema: Keywords, step: Step): Next {
  const isIndex = step === EACH || /^\d+$/.test(step)
  if (!isIndex || excludes(schema, 'array')) return closed([])
  const first = subschemas(schema['prefixItems'])
  const items = schema['items']
  const rest = items === undefined ? [] : [asSchema(items)]
  if (step !== EACH) return [first[Number(step)] ?? rest[0] ?? true]
  if (first.length === 0) return rest.length > 0 ? rest : open
  return [{ anyOf: [...first, ...rest] }]
}

/** Only a schema with keywords of an array describes one: `/0` may also name a member. */
function isArray({ items, prefixItems, type }: Keywords): boolean {
  return items !== undefined || prefixItems !== undefined || type === 'array'
}

function excludes({ type }: Keywords, container: 'object' | 'array'): boolean {
  return type !== undefined && ![type].flat().includes(container)
}

function closed(declared: readonly string[]): SchemaLocation {
  return { state: 'closed', types: new Set(), always: false, declared }
}
