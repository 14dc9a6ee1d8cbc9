import { expect, test } from 'vitest'
import type { JsonSchema } from '../../../src/contracts/schema-file.ts'
import { fieldsOf } from '../../../src/http/docs/fields.ts'

const shown = (schema: JsonSchema) =>
  fieldsOf(schema).map(({ path, type, required }) => `${path} ${type}${required ? '!' : ''}`)

test('members are listed with their nested members', () => {
  const schema: JsonSchema = {
    type: 'object',
    required: ['id', 'lines'],
    properties: {
      id: { type: 'string' },
      lines: { type: 'array', items: { $ref: '#/$defs/line' } },
      any: true
    },
    $defs: {
      line: {
        type: 'object',
        required: ['price'],
        properties: { price: { type: ['number', 'string'] }, note: { type: ['string', 'null'] } }
      }
    }
  }
  expect(shown(schema)).toEqual([
    'id string!',
    'lines array!',
    'lines[].price string or number!',
    'lines[].note string or null',
    'any any'
  ])
})

test('limits and descriptions come from the schema and the schemas it refers to', () => {
  const [field] = fieldsOf({
    properties: { a: { $ref: '#/$defs/a', maxLength: 3 } },
    $defs: { a: { description: 'What it is.', type: 'string', enum: ['x', 'y'] } }
  })
  expect(field).toEqual({
    path: 'a',
    type: 'string',
    required: false,
    description: 'What it is.',
    limits: ['maxLength 3', 'enum ["x","y"]']
  })
})

test('a schema that refers to itself is shown for a few levels', () => {
  const fields = fieldsOf({ type: 'object', properties: { next: { $ref: '#' } } })
  expect(fields.map(({ path }) => path)).toContain('next.next.next')
  expect(fields.length).toBeLessThan(20)
})

test('a schema without members has none', () => {
  expect([fieldsOf(true), fieldsOf(false), fieldsOf({ $ref: '#' })]).toEqual([[], [], []])
})
