import { expect, test } from 'vitest'
import { parsePage } from '../../../src/http/read/query.ts'
import { parseParameters } from '../../../src/http/request-target.ts'
import { clicks, items, objects } from '../collections.ts'
import { refusal } from '../refusal.ts'

const page = (query: string, collection = items) => parsePage(collection, parseParameters(query))

test('without parameters a page is the first of the primary key', () => {
  expect(page('')).toEqual({
    table: items.table,
    columns: ['id', 'value', 'rank'],
    equals: {},
    order: ['id'],
    limit: 3
  })
})

test('a page asks for the columns of its order, also when they are not fields', () => {
  expect(page('', clicks)).toMatchObject({
    columns: ['day', 'event_key'],
    order: ['day', 'event_key']
  })
})

test('filters become exact values and find their index', () => {
  expect(page('value=dark+red%26&rank.gte=-7&rank.lt=9223372036854775807&limit=100')).toMatchObject(
    {
      index: { name: 'items_by_value' },
      equals: { value: 'dark red&' },
      range: { column: 'rank', gte: '-7', lt: '9223372036854775807' },
      order: ['value', 'rank', 'id'],
      limit: 100
    }
  )
})

test('an empty value is the empty string where the column is a STRING', () => {
  expect(page('value=').equals).toEqual({ value: '' })
  expect(page('value').equals).toEqual({ value: '' })
})

test('a value may have an equals sign in it', () => {
  expect(page('value=a=b').equals).toEqual({ value: 'a=b' })
})

const known =
  'known parameters: limit, cursor, staleness, after, and the filters id, value, rank, ' +
  'each also with .gt, .gte, .lt, .lte'
const served =
  'supported filters: (id) or (value, rank, id), ' +
  'by equality on leading columns and a range on the last'
const scan = `FILTER_UNSUPPORTED: these filters would need a full scan; ${served}`
const limit = 'QUERY_INVALID: limit: is not a whole number from 1 to 100'

const refused: readonly [string, string, string][] = [
  ['an unknown name', 'color=red', `QUERY_INVALID: unknown parameter "color"; ${known}`],
  ['an unknown operator', 'id.ne=a', `QUERY_INVALID: unknown parameter "id.ne"; ${known}`],
  [
    'a name of every object',
    '__proto__=a',
    `QUERY_INVALID: unknown parameter "__proto__"; ${known}`
  ],
  ['a column that is not shown', 'secret=a', `QUERY_INVALID: unknown parameter "secret"; ${known}`],
  ['a repeated name', 'id=a&id=b', 'QUERY_INVALID: "id" is given more than once'],
  ['a repeated name, spelled twice', 'id=a&%69d=a', 'QUERY_INVALID: "id" is given more than once'],
  ['a broken escape', 'id=%zz', 'QUERY_INVALID: the query has a malformed percent-encoding'],
  [
    'an escape that is not UTF-8',
    'id=%E9',
    'QUERY_INVALID: the query has a malformed percent-encoding'
  ],
  ['a limit of 0', 'limit=0', limit],
  ['a limit beyond the largest', 'limit=101', limit],
  ['a limit that is not a number', 'limit=1e1', limit],
  ['an empty limit', 'limit=', limit],
  ['an empty cursor', 'cursor=', 'QUERY_INVALID: cursor: expected the value from a Link header'],
  [
    'a value of another type',
    'value=a&rank=1.5',
    'QUERY_INVALID: rank: is not an integer in plain decimal digits (type INT64)'
  ],
  [
    'equality and range on one column',
    'id=a&id.gt=b',
    'QUERY_INVALID: id: has an equality and a range'
  ],
  ['two lower bounds', 'id.gt=a&id.gte=b', 'QUERY_INVALID: id: has .gt and .gte'],
  ['two upper bounds', 'id.lt=a&id.lte=b', 'QUERY_INVALID: id: has .lt and .lte'],
  ['a filter that no index begins with', 'rank=1', scan],
  ['a gap before the key that an index continues with', 'id=a&value=b', scan],
  ['a range that is not the last', 'value.gt=a&rank=1', scan],
  ['two ranges', 'value.gt=a&rank.gt=1', scan]
]

test.each(refused)('a query with %s is refused', (_name, query, message) => {
  expect(refusal(() => page(query))).toBe(message)
})

test('a field that is not a filter is refused by naming the filters', () => {
  expect(refusal(() => page('bucket=a', objects))).toBe(
    'FILTER_UNSUPPORTED: bucket is not a filter; this collection supports no filters'
  )
})

test('a refusal does not repeat a long name or a value', () => {
  const message = refusal(() => page(`${'x'.repeat(5000)}=token`))
  expect(message.length).toBeLessThan(300)
  expect(refusal(() => page('value=a&rank=tokentoken'))).not.toContain('token')
})
