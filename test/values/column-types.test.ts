import { expect, test } from 'vitest'
import collectionSchema from '../../schemas/collection.schema.json' with { type: 'json' }
import {
  addValues,
  columnTypes,
  formatType,
  isSummable,
  parseColumnType,
  scalarTypes
} from '../../src/values/column-types.ts'
import { convert, refusal, refuses, takes } from './conversions.ts'

takes('BOOL', [
  ['true', true, true],
  ['false', false, false]
])

refuses('BOOL', [
  ['text', 'true', 'is not true or false'],
  ['a number', 1, 'is not true or false']
])

takes('ARRAY<INT64>', [
  ['numbers and text', [1, '2'], ['1', '2']],
  ['null elements', [null, 1], [null, '1']],
  ['no elements', [], []]
])

takes('ARRAY<STRING(2)>', [['strings', ['ab', ''], ['ab', '']]])

refuses('ARRAY<STRING(2)>', [
  ['text', 'ab', 'is not an array'],
  ['an object', { 0: 'ab' }, 'is not an array']
])

refuses('ARRAY<STRING(MAX)>', [
  [
    'a cell larger than 10 MiB',
    Array.from({ length: 11 }, () => 'a'.repeat(1024 * 1024)),
    'is larger than 10 MiB'
  ]
])

test('an array names the element that does not fit', () => {
  expect(refusal(() => convert('ARRAY<STRING(2)>', ['ab', 'abc']))).toBe(
    'VALUE_INVALID /data/x/1: is longer than 2 characters'
  )
})

test('an array knows which of its elements are inexact', () => {
  expect(() => convert('ARRAY<NUMERIC>', [0.1, 0.2], ['/data/x/1'])).toThrow(
    '/data/x/1: is a number'
  )
})

test.each([
  'STRING(1)',
  'STRING(2621440)',
  'STRING(MAX)',
  'BYTES(10485760)',
  'BYTES(MAX)',
  'INT64',
  'FLOAT64',
  'FLOAT32',
  'NUMERIC',
  'BOOL',
  'DATE',
  'TIMESTAMP',
  'JSON',
  'UUID',
  'ARRAY<INT64>',
  'ARRAY<STRING(MAX)>'
])('%s is a column type', (text) => {
  const type = parseColumnType(text)
  expect(type && formatType(type)).toBe(text)
})

test.each([
  'STRING',
  'STRING(0)',
  'STRING(2621441)',
  'STRING(max)',
  'BYTES(10485761)',
  'INT64(8)',
  'int64',
  'TEXT',
  'ARRAY<ARRAY<INT64>>',
  'ARRAY<INT64',
  'INT64>',
  'ARRAY<STRING>',
  '',
  'toString'
])('%s is not a column type', (text) => {
  expect(parseColumnType(text)).toBeUndefined()
})

test('the schema of collections names every column type, and only column types', () => {
  const { description, examples } = collectionSchema.$defs.column.properties.type
  const named = new Set(
    examples.flatMap((example) => parseColumnType(example)?.scalar ?? [example])
  )
  expect([...named].sort()).toEqual([...scalarTypes].sort())
  expect(scalarTypes.filter((scalar) => !new RegExp(`\\b${scalar}\\b`).test(description))).toEqual(
    []
  )
})

test('every type that has a length says which one in its name', () => {
  for (const scalar of scalarTypes) {
    const hasLength = columnTypes[scalar].length !== undefined
    expect(parseColumnType(scalar) === undefined).toBe(hasLength)
    expect(parseColumnType(`${scalar}(MAX)`) !== undefined).toBe(hasLength)
  }
})

test('values of a type without sums cannot be added', () => {
  expect(() => addValues({ scalar: 'STRING', array: false }, '1', '2')).toThrow('STRING')
  expect(isSummable({ scalar: 'INT64', array: true })).toBe(false)
})
