import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCursor, parseCursor, type Query } from '../../../src/http/read/cursor.ts'
import type { Row } from '../../../src/values/value.ts'
import { items, samples } from '../collections.ts'
import { refusal } from '../refusal.ts'

const [byKey, byValue] = items.read.accessPaths
if (!byKey || !byValue?.index) throw new Error('items has a key and an index')
const query: Query = { table: items.table, equals: {}, order: byKey.order }
const row: Row = { id: 'a', value: null, rank: '1' }
const cursor = formatCursor(query, row)

const text = fc.string({ unit: 'grapheme' })
const digits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
const day = fc.date({
  min: new Date('0001-01-01'),
  max: new Date('9999-12-31'),
  noInvalidDate: true
})
const values = fc.record({
  string: text,
  int64: fc.option(digits),
  float64: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)),
  numeric: fc.option(digits.map((n) => `${n}.000000001`)),
  bool: fc.option(fc.boolean()),
  bytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64'))),
  date: fc.option(day.map((date) => date.toISOString().slice(0, 10))),
  timestamp: fc.option(day.map((date) => date.toISOString().replace('Z', '000001Z'))),
  uuid: fc.option(fc.uuid())
})

test('a cursor returns the position that it was made from, for every type', () => {
  const path = samples.read.accessPaths[1]
  if (!path?.index) throw new Error('samples has an index')
  const all: Query = { table: samples.table, index: path.index, equals: {}, order: path.order }
  fc.assert(
    fc.property(values, (sample) => {
      const made = formatCursor(all, sample)
      expect(made).toMatch(/^[A-Za-z0-9_-]+$/)
      const expected = all.order.map(
        (name) => Object.entries(sample).find(([n]) => n === name)?.[1]
      )
      expect(parseCursor(all, made)).toEqual(expected)
    })
  )
})

const otherTable = { ...items.table, name: 'others' }
const strangers: readonly [string, Query][] = [
  ['another collection', { ...query, table: otherTable }],
  ['an equality', { ...query, equals: { id: 'a' } }],
  ['a range', { ...query, range: { column: 'id', gt: 'a' } }],
  ['an index', { ...query, index: byValue.index, order: byValue.order }]
]

test.each(strangers)('a cursor is refused by a query with %s', (_name, other) => {
  expect(refusal(() => parseCursor(other, cursor))).toBe(
    'QUERY_INVALID: cursor: belongs to another query; start again without it'
  )
})

test('a cursor of one range is refused by another', () => {
  const from = (gt: string): Query => ({ ...query, range: { column: 'id', gt } })
  const made = formatCursor(from('a'), row)
  expect(parseCursor(from('a'), made)).toEqual(['a'])
  expect(refusal(() => parseCursor(from('b'), made))).toContain('belongs to another query')
})

test('the order in which equalities are given does not matter to a cursor', () => {
  const made = formatCursor({ ...query, equals: { value: 'x', rank: '1' } }, row)
  expect(parseCursor({ ...query, equals: { rank: '1', value: 'x' } }, made)).toEqual(['a'])
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const [print] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
const forged: readonly [string, string][] = [
  ['an empty text', ''],
  ['no base64', '***'],
  ['no JSON', Buffer.from('nonsense').toString('base64url')],
  ['another JSON value', encode({})],
  ['a place of another type', encode([print, 7])],
  ['a place with NULL in a key that has none', encode([print, null])],
  ['a place that is too short', encode([print])],
  ['a place that is too long', encode([print, 'a', 'b'])],
  ['half of itself', cursor.slice(0, cursor.length / 2)]
]

test.each(forged)('a cursor is refused when it is %s', (_name, text) => {
  expect(refusal(() => parseCursor(query, text))).toMatch(
    /^QUERY_INVALID: cursor: (expected|belongs) /
  )
})
