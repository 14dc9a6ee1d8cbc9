import { describe, expect, test } from 'vitest'
import { compareTable, findMismatches, type LiveTable } from '../../src/store/schema/compare.ts'
import type { LiveColumn } from '../../src/store/schema/compare-columns.ts'
import type { LiveIndex } from '../../src/store/schema/compare-indexes.ts'
import { type DifferenceKind, differenceKinds } from '../../src/store/schema/difference.ts'
import type { Table } from '../../src/store/table.ts'
import { formatType } from '../../src/values/column-types.ts'
import { itemsTable, logTable } from './tables.ts'

/** A live table that is all that was asked for. */
const liveTable = (table: Table): LiveTable => ({
  name: table.name,
  columns: table.columns.map(({ name, type, notNull, commitTimestamp = false }) => ({
    name,
    type: formatType(type),
    notNull,
    commitTimestamp,
    filled: false
  })),
  primaryKey: table.primaryKey,
  indexes: table.indexes.map((index) => ({
    ...index,
    nullFiltered: index.unique,
    building: false
  })),
  ttl: table.ttl ?? null
})

const items = liveTable(itemsTable)
const extra: LiveColumn = { name: 'extra', type: 'INT64', notNull: false }

const columns = (name: string, change: Partial<LiveColumn>): LiveTable => ({
  ...items,
  columns: items.columns.map((one) => (one.name === name ? { ...one, ...change } : one))
})
const withColumn = (column: LiveColumn): LiveTable => ({
  ...items,
  columns: [...items.columns, column]
})
const withoutColumn = (name: string): LiveTable => ({
  ...items,
  columns: items.columns.filter((column) => column.name !== name)
})
const indexes = (name: string, change: Partial<LiveIndex>): LiveTable => ({
  ...items,
  indexes: items.indexes.map((one) => (one.name === name ? { ...one, ...change } : one))
})
const ttl = (live: Table['ttl'] | null): LiveTable => ({ ...items, ttl: live })

interface Case {
  readonly name: string
  readonly live: LiveTable | undefined
  readonly table?: Table
  readonly finds: readonly (readonly [DifferenceKind, string])[]
}

const cases: readonly Case[] = [
  {
    name: 'no table',
    live: undefined,
    finds: [['table-missing', 'Table order is missing.']]
  },
  {
    name: 'a column that is missing',
    live: withoutColumn('rank'),
    finds: [['column-missing', 'Column order.rank is missing, expected INT64.']]
  },
  {
    name: 'a required column that is missing',
    live: withoutColumn('event_version'),
    finds: [
      ['column-missing-required', 'Column order.event_version is missing, expected INT64 NOT NULL.']
    ]
  },
  {
    name: 'a column that is too short',
    live: columns('value', { type: 'STRING(3)' }),
    finds: [['column-short', 'Column order.value is STRING(3), expected STRING(4).']]
  },
  {
    name: 'text that is bytes',
    live: columns('value', { type: 'BYTES(4)' }),
    finds: [['column-type', 'Column order.value is BYTES(4), expected STRING(4).']]
  },
  {
    name: 'text that is a list',
    live: columns('value', { type: 'ARRAY<STRING(4)>' }),
    finds: [['column-type', 'Column order.value is ARRAY<STRING(4)>, expected STRING(4).']]
  },
  {
    name: 'a column that is computed',
    live: columns('value', { type: 'STRING(4) AS (id)' }),
    finds: [['column-type', 'Column order.value is STRING(4) AS (id), expected STRING(4).']]
  },
  {
    name: 'a column of another type',
    live: columns('price', { type: 'FLOAT64' }),
    finds: [['column-type', 'Column order.price is FLOAT64, expected NUMERIC.']]
  },
  {
    name: 'a column that must not be NULL, though rows leave it out',
    live: columns('attributes', { notNull: true }),
    finds: [['column-required', 'Column order.attributes is NOT NULL, expected nullable.']]
  },
  {
    name: 'such a column in an index',
    live: columns('rank', { notNull: true }),
    finds: [['column-required-indexed', 'Column order.rank is NOT NULL, expected nullable.']]
  },
  {
    name: 'such a column that an index stores',
    live: columns('value', { notNull: true }),
    finds: [['column-required-indexed', 'Column order.value is NOT NULL, expected nullable.']]
  },
  {
    name: 'a column that may be NULL',
    live: columns('event_version', { notNull: false }),
    finds: [['column-nullable', 'Column order.event_version is nullable, expected NOT NULL.']]
  },
  {
    name: 'a column both too short and required',
    live: columns('value', { type: 'STRING(3)', notNull: true }),
    finds: [
      ['column-short', 'Column order.value is STRING(3), expected STRING(4).'],
      ['column-required-indexed', 'Column order.value is NOT NULL, expected nullable.']
    ]
  },
  {
    name: 'a column that refuses commit timestamps',
    live: columns('deleted_at', { commitTimestamp: false }),
    finds: [
      [
        'column-commit-timestamp',
        'Column order.deleted_at has allow_commit_timestamp=false, expected true.'
      ]
    ]
  },
  {
    name: 'a column that refuses times to come',
    live: columns('at', { commitTimestamp: true }),
    finds: [
      [
        'column-commit-timestamp',
        'Column order.at has allow_commit_timestamp=true, expected false.'
      ]
    ]
  },
  {
    name: 'a column that nobody asked for',
    live: withColumn(extra),
    finds: [['column-extra', 'Column order.extra is INT64, but no collection declares it.']]
  },
  {
    name: 'a required column that has a default',
    live: withColumn({ ...extra, notNull: true, filled: true }),
    finds: [
      ['column-extra', 'Column order.extra is INT64 NOT NULL, but no collection declares it.']
    ]
  },
  {
    name: 'a required column that nobody fills',
    live: withColumn({ ...extra, notNull: true }),
    finds: [
      ['column-unfilled', 'Column order.extra is INT64 NOT NULL, but no collection declares it.']
    ]
  },
  {
    name: 'another key',
    live: { ...items, primaryKey: ['id DESC'] },
    finds: [['key', 'The primary key of table order is (id DESC), expected (id).']]
  },
  {
    name: 'rows that stay for ever',
    live: ttl(null),
    finds: [
      ['ttl-missing', 'Rows of table order are deleted never, expected 30 days after deleted_at.']
    ]
  },
  {
    name: 'rows that go too early',
    live: ttl({ column: 'deleted_at', days: 29 }),
    finds: [
      [
        'ttl-short',
        'Rows of table order are deleted 29 days after deleted_at, expected 30 days after deleted_at.'
      ]
    ]
  },
  {
    name: 'rows that go later',
    live: ttl({ column: 'deleted_at', days: 31 }),
    finds: [
      [
        'ttl',
        'Rows of table order are deleted 31 days after deleted_at, expected 30 days after deleted_at.'
      ]
    ]
  },
  {
    name: 'rows that go by another column',
    live: ttl({ column: 'at', days: 7 }),
    finds: [
      ['ttl', 'Rows of table order are deleted 7 days after at, expected 30 days after deleted_at.']
    ]
  },
  {
    name: 'rows that go, where none should',
    table: logTable,
    live: { ...liveTable(logTable), ttl: { column: 'committed_at', days: 90 } },
    finds: [
      ['ttl-extra', 'Rows of table log are deleted 90 days after committed_at, expected never.']
    ]
  },
  {
    name: 'an index that is missing',
    live: { ...items, indexes: items.indexes.filter(({ name }) => name !== 'order_by_code') },
    finds: [
      ['index-missing', 'Index order_by_code on table order is missing, expected UNIQUE (code).']
    ]
  },
  {
    name: 'an index that is not filled',
    live: indexes('order_by_price', { building: true }),
    finds: [['index-building', 'Index order_by_price on table order is not filled yet.']]
  },
  {
    name: 'an index on other columns',
    live: indexes('order_by_rank', { columns: ['rank DESC', 'at'] }),
    finds: [
      ['index', 'Index order_by_rank on table order is (rank DESC, at), expected (rank, at).']
    ]
  },
  {
    name: 'a unique index in which deleted rows collide',
    live: indexes('order_by_code', { nullFiltered: false }),
    finds: [
      [
        'index',
        'Index order_by_code on table order is UNIQUE (code), expected UNIQUE NULL_FILTERED (code).'
      ]
    ]
  },
  {
    name: 'an index that leaves out rows',
    live: indexes('order_by_price', { nullFiltered: true }),
    finds: [
      ['index', 'Index order_by_price on table order is NULL_FILTERED (price), expected (price).']
    ]
  },
  {
    name: 'an index that is not unique',
    live: indexes('order_by_code', { unique: false }),
    finds: [
      [
        'index',
        'Index order_by_code on table order is NULL_FILTERED (code), expected UNIQUE NULL_FILTERED (code).'
      ]
    ]
  },
  {
    name: 'an index that nobody asked for',
    live: {
      ...items,
      indexes: [...items.indexes, { name: 'mine', columns: ['at'], storing: [], unique: false }]
    },
    finds: [['index-extra', 'Index mine on table order is (at), but no collection declares it.']]
  },
  {
    name: 'an index that stores other columns',
    live: indexes('order_by_price', { storing: ['deleted_at', 'rank'] }),
    finds: [
      [
        'stored-missing',
        'Index order_by_price on table order does not store value, expected it to.'
      ],
      ['stored-extra', 'Index order_by_price on table order stores rank, expected it not to.']
    ]
  }
]

describe('a live table', () => {
  test.each([
    ['that is as asked for', items],
    ['with a longer column', columns('value', { type: 'STRING(5)' })],
    ['with a column of any length', columns('code', { type: 'BYTES(MAX)' })],
    [
      'whose index stores the same in another order',
      indexes('order_by_price', { storing: ['deleted_at', 'value'] })
    ]
  ])('%s differs in nothing', (_, live) => {
    expect(compareTable(itemsTable, live)).toEqual([])
  })

  test('of a store without policies, options and kinds of index differs in none of them', () => {
    const { ttl: _, ...live } = items
    const bare = {
      ...live,
      columns: live.columns.map(({ name, type, notNull }) => ({ name, type, notNull })),
      indexes: itemsTable.indexes
    }
    expect(compareTable(itemsTable, bare)).toEqual([])
  })

  test.each(cases)('with $name differs in that', ({ live, table = itemsTable, finds }) => {
    const found = compareTable(table, live)
    expect(found.map(({ kind, message }) => [kind, message])).toEqual(finds)
    expect(found.every((difference) => difference.table === table.name)).toBe(true)
  })

  test('can differ in every way there is', () => {
    const found = new Set(cases.flatMap(({ finds }) => finds.map(([kind]) => kind)))
    expect([...found].sort()).toEqual(Object.keys(differenceKinds).sort())
  })
})

describe('the service', () => {
  const kindsThat = (matters: boolean) =>
    cases.flatMap(({ live, table = itemsTable, finds }) =>
      findMismatches(table, live).length > 0 === matters ? finds.map(([kind]) => kind) : []
    )

  test('works with deletion policies, extra columns and indexes, and what indexes store', () => {
    expect([...new Set(kindsThat(false))].sort()).toEqual([
      'column-extra',
      'index-extra',
      'stored-extra',
      'stored-missing',
      'ttl',
      'ttl-extra',
      'ttl-missing',
      'ttl-short'
    ])
  })

  test('works with nothing else that differs', () => {
    expect(new Set(kindsThat(true))).toEqual(
      new Set([
        'table-missing',
        'column-missing',
        'column-missing-required',
        'column-short',
        'column-type',
        'column-required',
        'column-required-indexed',
        'column-nullable',
        'column-commit-timestamp',
        'column-unfilled',
        'key',
        'index-missing',
        'index-building',
        'index'
      ])
    )
  })
})
