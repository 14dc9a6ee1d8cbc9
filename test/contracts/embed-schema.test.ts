import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { embedAmong, embedSchema } from '../../src/contracts/embed-schema.ts'
import type { JsonSchema } from '../../src/contracts/schema-file.ts'
import type { Json } from '../../src/values/json.ts'

const base = '#/components/schemas/'
const id = 'urn:landfall:data:a'

interface Case {
  readonly schema: JsonSchema
  readonly valid: Json
  readonly invalid: Json
}

const list = { type: 'array', items: { $ref: '#/$defs/part' } } as const

const cases: Readonly<Record<string, Case>> = {
  'refers to its $defs': {
    schema: { ...list, $defs: { part: { type: 'string' } } },
    valid: ['a'],
    invalid: [1]
  },
  'refers to itself': {
    schema: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, parts: { type: 'array', items: { $ref: '#' } } }
    },
    valid: { name: 'a', parts: [{ name: 'b' }] },
    invalid: { name: 'a', parts: [{}] }
  },
  'has $defs that refer to each other': {
    schema: {
      ...list,
      $defs: { part: { properties: { next: { $ref: '#/$defs/part' } }, type: 'object' } }
    },
    valid: [{ next: { next: {} } }],
    invalid: [{ next: { next: 1 } }]
  },
  'refers to a place that is not a definition': {
    schema: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' } }
    },
    valid: { b: 'x' },
    invalid: { b: 1 }
  },
  'refers with percent-encoding': {
    schema: { ...list, items: { $ref: '#/%24defs/part' }, $defs: { part: { type: 'string' } } },
    valid: ['a'],
    invalid: [1]
  },
  'has definitions with unusual names': {
    schema: {
      type: 'object',
      properties: { a: { $ref: '#/$defs/odd~1name%20b' } },
      $defs: { 'odd/name b': { type: 'string' } }
    },
    valid: { a: 'x' },
    invalid: { a: 1 }
  },
  'refers to an anchor': {
    schema: {
      type: 'array',
      items: { $ref: '#part' },
      $defs: { part: { $anchor: 'part', type: 'string' } }
    },
    valid: ['a'],
    invalid: [1]
  },
  'is a resource of its own': {
    schema: { $id: 'https://landfall.example/own', ...list, $defs: { part: { type: 'string' } } },
    valid: ['a'],
    invalid: [1]
  },
  'has something like a reference in its data': {
    schema: { const: { $ref: '#/a' } },
    valid: { $ref: '#/a' },
    invalid: { $ref: `${base}a/a` }
  },
  'uses keywords that draft 07 does not have': {
    schema: {
      type: 'array',
      prefixItems: [{ $ref: '#/$defs/part' }],
      items: false,
      $defs: { part: { type: 'string' } }
    },
    valid: ['a'],
    invalid: ['a', 'b']
  },
  'declares its draft': {
    schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'string' },
    valid: 'a',
    invalid: 1
  }
}

type Embed = (schema: JsonSchema) => Readonly<Record<string, JsonSchema>>
const ways: readonly [string, Embed][] = [
  ['alone', (schema) => ({ a: embedSchema(schema, `${base}a`, id) })],
  ['with its $defs beside it', (schema) => embedAmong(base, 'a', schema, id)]
]

describe.each(ways)('a schema that is embedded %s means the same', (_way, embed) => {
  test.each(Object.entries(cases))('when it %s', (_name, { schema, valid, invalid }) => {
    const ajv = new Ajv2020({ strict: false })
    const schemas = embed(schema)
    // Another schema with the same names, which must not be referred to.
    const other = embedSchema({ $defs: { part: false } }, `${base}other`, `${id}:other`)
    ajv.addSchema({
      $id: 'https://landfall.example/',
      components: { schemas: { other, ...schemas } }
    })
    const isValid = ajv.compile({ $ref: `https://landfall.example/${base}a` })
    expect([isValid(valid), isValid(invalid)]).toEqual([true, false])
  })
})

describe('embedding among others', () => {
  test('puts the definitions beside the schema, and leaves none inside', () => {
    const schemas = embedAmong(base, 'a', { ...list, $defs: { part: { type: 'string' } } }, id)
    expect(schemas).toEqual({
      a: { type: 'array', items: { $ref: `${base}a.part` } },
      'a.part': { type: 'string' }
    })
  })

  test('embeds a boolean unchanged', () => {
    expect(embedAmong(base, 'a', true, id)).toEqual({ a: true })
  })
})
