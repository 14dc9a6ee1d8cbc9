import { expect, test } from 'vitest'
import {
  accessPaths,
  chooseAccessPath,
  describeAccessPaths
} from '../../src/contracts/access-paths.ts'

const orders = {
  primaryKey: ['tenant', 'id'],
  indexes: [
    { name: 'unique_mail', columns: ['mail'], storing: [], unique: true },
    { name: 'by_status', columns: ['status', 'placed', 'id'], storing: [], unique: false },
    { name: 'by_placed', columns: ['placed'], storing: [], unique: false },
    { name: 'by_placed_again', columns: ['placed', 'mail'], storing: [], unique: false }
  ]
}
const everyColumn = ['tenant', 'id', 'status', 'placed', 'mail']

const rows: readonly [string, readonly string[], string | undefined, string | undefined][] = [
  ['no filter: the primary key', [], undefined, 'key: tenant id'],
  ['the first key column', ['tenant'], undefined, 'key: tenant id'],
  ['the whole key, in any order', ['id', 'tenant'], undefined, 'key: tenant id'],
  ['a range on the first key column', [], 'tenant', 'key: tenant id'],
  ['a range after an equality', ['tenant'], 'id', 'key: tenant id'],
  ['the second key column alone', ['id'], undefined, undefined],
  ['a range on the second key column alone', [], 'id', undefined],
  ['an index', ['status'], undefined, 'by_status: status placed id tenant'],
  ['equality then range in an index', ['status'], 'placed', 'by_status: status placed id tenant'],
  [
    'equalities in the other order',
    ['placed', 'status'],
    'id',
    'by_status: status placed id tenant'
  ],
  ['a gap in an index', ['status'], 'id', undefined],
  ['the first of two that serve it', ['placed'], undefined, 'by_placed: placed tenant id'],
  ['the one that serves both', ['placed'], 'mail', 'by_placed_again: placed mail tenant id'],
  ['columns of two indexes', ['status', 'mail'], undefined, undefined],
  ['the key behind an index', ['placed', 'tenant'], 'id', 'by_placed: placed tenant id'],
  ['a gap in the key behind an index', ['placed'], 'id', undefined],
  ['a unique index, which has no rows with NULL', ['mail'], undefined, undefined],
  ['more equalities than columns', ['tenant', 'id', 'status'], undefined, undefined]
]

test.each(rows)('%s', (_name, equals, range, expected) => {
  const path = chooseAccessPath(accessPaths(orders, everyColumn), equals, range)
  expect(path && `${path.index?.name ?? 'key'}: ${path.order.join(' ')}`).toBe(expected)
})

test('a column that is not a filter serves no query, and neither does what is behind it', () => {
  const paths = accessPaths(orders, ['status', 'id', 'tenant'])
  expect(chooseAccessPath(paths, ['status'], undefined)?.index?.name).toBe('by_status')
  expect(chooseAccessPath(paths, ['status'], 'placed')).toBeUndefined()
  expect(chooseAccessPath(paths, ['placed'], undefined)).toBeUndefined()
})

const described: readonly [readonly string[], string | undefined][] = [
  [['tenant', 'status', 'placed'], '(tenant) or (status, placed) or (placed, tenant)'],
  [
    everyColumn,
    '(tenant, id) or (status, placed, id, tenant) or (placed, tenant, id) or (placed, mail, tenant, id)'
  ],
  [['placed', 'mail'], '(placed, mail)'],
  [['id', 'mail'], undefined]
]

test.each(described)('of the filters %j, %s work together', (filters, expected) => {
  expect(describeAccessPaths(accessPaths(orders, filters))).toBe(
    expected && `${expected}, by equality on leading columns and a range on the last`
  )
})
