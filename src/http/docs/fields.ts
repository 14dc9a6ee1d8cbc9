import { asSchema, conjuncts, typesOf } from '../../contracts/json-types.ts'
import type { JsonSchema, SchemaObject } from '../../contracts/schema-file.ts'
import { isObject, type Json, type JsonType } from '../../values/json.ts'

/** A member of the data of an event, as a table shows it. */
export interface Field {
  /** Such as `lines[].sku`. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly description: string
  /** Limits on the value, in the words of the schema. */
  readonly limits: readonly string[]
}

const maxDepth = 6

/** List the members that a schema names, the nested ones too. */
export function fieldsOf(root: JsonSchema): readonly Field[] {
  return membersOf(root, root, '', 0)
}

function membersOf(
  root: JsonSchema,
  schema: JsonSchema,
  base: string,
  depth: number
): readonly Field[] {
  if (depth > maxDepth) return []
  const parts = partsOf(root, schema, 0)
  const required = new Set(parts.flatMap((part) => namesOf(part['required'])))
  const named = parts.flatMap((part) => entriesOf(part['properties']))
  const own = named.flatMap(([name, member]) => {
    const path = base === '' ? name : `${base}.${name}`
    const field = fieldOf(root, member, path, required.has(name))
    return [field, ...membersOf(root, member, path, depth + 1)]
  })
  const items = parts.flatMap(({ items }) => (items === undefined ? [] : [asSchema(items)]))
  return [...own, ...items.flatMap((item) => membersOf(root, item, `${base}[]`, depth + 1))]
}

function fieldOf(root: JsonSchema, schema: JsonSchema, path: string, required: boolean): Field {
  const parts = partsOf(root, schema, 0)
  const types = typesOf(root, schema)
  const description = parts.map((part) => part['description']).find((text) => text !== undefined)
  return {
    path,
    type: types.size > 5 ? 'any' : wordFor(types),
    required,
    description: typeof description === 'string' ? description : '',
    limits: parts.flatMap(limitsOf)
  }
}

/** JSON Schema's number includes integers; null goes last. */
function wordFor(types: ReadonlySet<JsonType>): string {
  const named = [...types].filter((type) => type !== 'null')
  const plain = named.filter((type) => type !== 'integer' || !types.has('number'))
  return [...plain, ...(types.has('null') ? ['null'] : [])].join(' or ')
}

const limiting = [
  ...['const', 'enum', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems', 'uniqueItems']
]

function limitsOf(part: SchemaObject): readonly string[] {
  return limiting
    .filter((keyword) => Object.hasOwn(part, keyword))
    .map((keyword) => `${keyword} ${textOf(part[keyword])}`)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The schema, and every schema that must match with it. */
function partsOf(root: JsonSchema, schema: JsonSchema, depth: number): readonly SchemaObject[] {
  if (typeof schema === 'boolean' || depth > maxDepth) return []
  return [schema, ...conjuncts(root, schema).flatMap((part) => partsOf(root, part, depth + 1))]
}

function entriesOf(properties: Json | undefined): readonly (readonly [string, JsonSchema])[] {
  if (!isObject(properties)) return []
  return Object.entries(properties).map(([name, member]) => [name, asSchema(member)])
}

function namesOf(required: Json | undefined): readonly string[] {
  return Array.isArray(required) ? required.map(String) : []
}
