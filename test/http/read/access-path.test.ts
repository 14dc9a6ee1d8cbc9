import { expect, test } from 'vitest'
import { chooseAccessPath, describeAccessPaths } from '../../../src/http/read/access-path.ts'
import type { Table } from '../../../src/store/table.ts'

const orders: Table = {
  name: 'orders',
  kind: 'state',
  columns: [],
  primaryKey: ['tenant', 'id'],
  indexes: [
    { name: 'unique_mail', columns: ['mail'], storing: [], unique: true },
    { name: 'by_status', columns: ['status', 'placed', 'id'], storing: [], unique: false },
    { name: 'by_placed', columns: ['placed'], storing: [], unique: false },
    { name: 'by_placed_again', columns: ['placed', 'mail'], storing: [], unique: false }
  ],
  guardColumns: []
}

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
  ['a key column behind an index column', ['placed'], 'tenant', undefined],
  ['a unique index, which has no rows with NULL', ['mail'], undefined, undefined],
  ['more equalities than columns', ['tenant', 'id', 'status'], undefined, undefined]
]

test.each(rows)('%s', (_name, equals, range, expected) => {
  const path = chooseAccessPath(orders, equals, range)
  expect(path && `${path.index?.name ?? 'key'}: ${path.order.join(' ')}`).toBe(expected)
})

test('what may be filtered is named once, as far as it is declared', () => {
  expect(describeAccessPaths(orders, ['tenant', 'status', 'placed'])).toBe(
    'served are (tenant) or (status then placed) or (placed): ' +
      'equality from the left on, and a range on the last one given'
  )
  expect(describeAccessPaths(orders, ['id'])).toBe('this collection serves no filters')
})
