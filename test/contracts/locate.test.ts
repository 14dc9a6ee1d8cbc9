import { expect, test } from 'vitest'
import { EACH, locate, type Step } from '../../src/contracts/locate.ts'
import type { JsonSchema } from '../../src/contracts/schema-file.ts'

const text: JsonSchema = { type: 'string' }
const number: JsonSchema = { type: 'number' }
const object = (properties: Record<string, JsonSchema>, ...required: string[]): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required })
})

/** An object with `a`, and a condition on it that requires other members. */
function conditional(then: Record<string, JsonSchema>, otherwise?: Record<string, JsonSchema>) {
  const branches = [
    ['if', { required: ['a'] }],
    ['then', object(then, ...Object.keys(then))],
    ...(otherwise ? [['else', object(otherwise, ...Object.keys(otherwise))]] : [])
  ]
  return { type: 'object', properties: { a: text }, ...Object.fromEntries(branches) }
}

/** Describe a location of the schema in a line. */
function say(schema: JsonSchema, steps: readonly Step[]): string {
  const { state, types, always } = locate(schema, steps)
  const named = types.size === 7 ? 'anything' : [...types].join('|')
  return `${state}, ${always ? 'always' : 'maybe'} ${named}`
}

const rows: readonly (readonly [string, JsonSchema, readonly Step[], string])[] = [
  ['the whole document', object({}), [], 'known, always object'],
  ['a required property', object({ a: text }, 'a'), ['a'], 'known, always string'],
  ['an optional property', object({ a: text }), ['a'], 'known, maybe string'],
  [
    'a number, which may be an integer',
    object({ a: number }, 'a'),
    ['a'],
    'known, always integer|number'
  ],
  [
    'several types',
    object({ a: { type: ['null', 'integer'] } }, 'a'),
    ['a'],
    'known, always null|integer'
  ],
  ['a constant', object({ a: { const: 'x' } }, 'a'), ['a'], 'known, always string'],
  [
    'an enumeration',
    object({ a: { enum: ['x', 1, 1.5, null] } }, 'a'),
    ['a'],
    'known, always string|integer|number|null'
  ],
  ['a property of anything', object({ a: true }, 'a'), ['a'], 'known, always anything'],
  ['a property of nothing', object({ a: false }, 'a'), ['a'], 'known, always '],
  [
    'a required path',
    object({ a: object({ b: text }, 'b') }, 'a'),
    ['a', 'b'],
    'known, always string'
  ],
  [
    'a path whose middle may be absent',
    object({ a: object({ b: text }, 'b') }),
    ['a', 'b'],
    'known, maybe string'
  ],
  [
    'a path whose middle may be null',
    object({ a: { type: ['object', 'null'], required: ['b'], properties: { b: text } } }, 'a'),
    ['a', 'b'],
    'known, maybe string'
  ],
  [
    'a required property of a value that may not be an object',
    { required: ['a'], properties: { a: text } },
    ['a'],
    'known, maybe string'
  ],
  ['a property that is not declared', object({ a: text }), ['b'], 'undeclared, maybe anything'],
  [
    'a property that is required but not declared',
    object({ a: text }, 'b'),
    ['b'],
    'undeclared, always anything'
  ],
  [
    'a property of a closed object',
    { type: 'object', properties: { a: text }, additionalProperties: false },
    ['b'],
    'closed, maybe '
  ],
  ['a property of an open object', { type: 'object' }, ['b'], 'open, maybe anything'],
  [
    'a required property of an open object',
    { type: 'object', required: ['b'] },
    ['b'],
    'open, always anything'
  ],
  [
    'a property of a map',
    { type: 'object', additionalProperties: text },
    ['b'],
    'known, maybe string'
  ],
  [
    'a property that a pattern names',
    { type: 'object', patternProperties: { '^x-': text } },
    ['x-a'],
    'known, maybe string'
  ],
  [
    'a property that no pattern names',
    { type: 'object', patternProperties: { '^x-': text } },
    ['y-a'],
    'undeclared, maybe anything'
  ],
  ['a property of text', object({ a: text }), ['a', 'b'], 'closed, maybe '],
  [
    'a name that every object inherits',
    object({ a: text }),
    ['constructor'],
    'undeclared, maybe anything'
  ],

  [
    'an element',
    object({ a: { type: 'array', items: text } }),
    ['a', EACH],
    'known, always string'
  ],
  [
    'a property of an element',
    object({ a: { type: 'array', items: object({ b: text }, 'b') } }),
    ['a', EACH, 'b'],
    'known, always string'
  ],
  [
    'an optional property of an element',
    object({ a: { type: 'array', items: object({ b: text }) } }, 'a'),
    ['a', EACH, 'b'],
    'known, maybe string'
  ],
  ['an element of an open array', { type: 'array' }, [EACH], 'open, always anything'],
  ['an element of anything', true, [EACH], 'open, always anything'],
  ['an element of an object', object({ a: text }), [EACH], 'closed, maybe '],
  [
    'an element of a tuple',
    { type: 'array', prefixItems: [text], items: number },
    [EACH],
    'known, always string|integer|number'
  ],
  ['an element by its position', { type: 'array', items: text }, ['3'], 'known, maybe string'],
  [
    'an element that is always there',
    { type: 'array', items: text, minItems: 2 },
    ['1'],
    'known, always string'
  ],
  [
    'an element of a tuple by its position',
    { type: 'array', prefixItems: [text], items: number, minItems: 1 },
    ['0'],
    'known, always string'
  ],
  ['an element by a name', { type: 'array', items: text }, ['b'], 'closed, maybe '],

  [
    'a reference',
    { $ref: '#/$defs/o', $defs: { o: object({ a: { $ref: '#/$defs/t' } }, 'a'), t: text } },
    ['a'],
    'known, always string'
  ],
  [
    'a reference with an escaped name',
    {
      type: 'object',
      required: ['a'],
      properties: { a: { $ref: '#/$defs/x~1y%20z' } },
      $defs: { 'x/y z': text }
    },
    ['a'],
    'known, always string'
  ],
  [
    'a tree',
    { $ref: '#/$defs/n', $defs: { n: object({ next: { $ref: '#/$defs/n' }, a: text }, 'a') } },
    ['next', 'next', 'a'],
    'known, maybe string'
  ],
  ['a reference to itself', { $ref: '#' }, ['a'], 'open, maybe anything'],
  ['an anchor, which is not followed', { $ref: '#there' }, ['a'], 'open, maybe anything'],

  [
    'allOf, in which another part declares it',
    { allOf: [object({ a: text }, 'b'), object({ b: text })] },
    ['b'],
    'known, always string'
  ],
  [
    'allOf that narrows a type',
    object({ a: { allOf: [{ type: ['string', 'null'] }, { type: ['string', 'integer'] }] } }, 'a'),
    ['a'],
    'known, always string'
  ],
  [
    'allOf with a closed part',
    { allOf: [object({ b: text }), { additionalProperties: false }] },
    ['b'],
    'closed, maybe '
  ],
  [
    'anyOf with two types',
    { anyOf: [object({ a: text }, 'a'), object({ a: number }, 'a')] },
    ['a'],
    'known, always string|integer|number'
  ],
  [
    'oneOf that has it in one branch',
    { oneOf: [object({ a: text }, 'a'), object({ b: text }, 'b')] },
    ['a'],
    'known, maybe string'
  ],
  [
    'oneOf whose other branch is null',
    { oneOf: [object({ a: text }, 'a'), { type: 'null' }] },
    ['a'],
    'known, maybe string'
  ],
  [
    'anyOf that only requires',
    {
      ...(object({ a: text, b: text }) as object),
      anyOf: [{ required: ['a'] }, { required: ['b'] }]
    },
    ['a'],
    'known, maybe string'
  ],
  [
    'anyOf that requires it in every branch',
    {
      ...(object({ a: text, b: text }) as object),
      anyOf: [{ required: ['a'] }, { required: ['a', 'b'] }]
    },
    ['a'],
    'known, always string'
  ],
  [
    'a misspelled name under oneOf',
    { oneOf: [object({ a: text }), object({ b: text })] },
    ['c'],
    'undeclared, maybe anything'
  ],
  [
    'then and else',
    conditional({ b: text }, { b: number }),
    ['b'],
    'known, always string|integer|number'
  ],
  ['then without else', conditional({ b: text }), ['b'], 'known, maybe string']
]

test.each(rows)('%s', (_, schema, steps, expected) => {
  expect(say(schema, steps)).toBe(expected)
})
