import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kindRules } from '../../src/contracts/kinds.ts'
import { collectionKinds } from '../../src/store/table.ts'

type Node = { readonly [keyword: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** List the pointers of properties that an editor could not explain. */
function undescribed(schema: unknown, root: Node, at = ''): readonly string[] {
  if (!isNode(schema)) return []
  const properties = isNode(schema['properties']) ? schema['properties'] : {}
  const silent = Object.entries(properties)
    .filter(([, property]) => !describes(property, root))
    .map(([name]) => `${at}/properties/${name}`)
  const below = Object.entries(schema).flatMap(([name, part]) =>
    undescribed(part, root, `${at}/${name}`)
  )
  return [...silent, ...below]
}

function describes(property: unknown, root: Node): boolean {
  if (!isNode(property)) return false
  const target = String(property['$ref'] ?? '').replace('#/$defs/', '')
  const definitions = root['$defs']
  const definition = isNode(definitions) ? definitions[target] : undefined
  return (
    typeof property['description'] === 'string' ||
    (isNode(definition) && 'description' in definition)
  )
}

test.each(['collection', 'event'])('schemas/%s.schema.json describes every property', (name) => {
  const schema: Node = JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))
  expect(undescribed(schema, schema)).toEqual([])
  expect(schema['additionalProperties']).toBe(false)
})

test('the meta-schemas know every kind of collection and every operation', () => {
  const collection = JSON.parse(readFileSync('schemas/collection.schema.json', 'utf8'))
  expect(collection.properties.kind.enum).toEqual(collectionKinds)
  const event = JSON.parse(readFileSync('schemas/event.schema.json', 'utf8'))
  const operations = collectionKinds.flatMap((kind) => kindRules[kind].operations)
  expect(JSON.stringify(event)).toContain(JSON.stringify({ enum: operations }).slice(1, -1))
})
