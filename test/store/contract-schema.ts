import { describe, expect, test } from 'vitest'
import type { Table } from '../../src/store/table.ts'
import type { Tested } from './contract.ts'
import { itemsTable, storeTables } from './tables.ts'

const [byPrice, ...otherIndexes] = itemsTable.indexes
const integer = { scalar: 'INT64', array: false } as const

const changed = (name: string, change: object): Table => ({
  ...itemsTable,
  columns: itemsTable.columns.map((column) =>
    column.name === name ? { ...column, ...change } : column
  )
})

const differences: readonly { name: string; table: Table; message: RegExp }[] = [
  {
    name: 'a missing table',
    table: { ...itemsTable, name: 'missing' },
    message: /^Table missing is missing\.$/
  },
  {
    name: 'a missing column',
    table: {
      ...itemsTable,
      columns: [...itemsTable.columns, { name: 'extra', type: integer, notNull: false }]
    },
    message: /^Column order\.extra is missing, expected INT64\.$/
  },
  {
    name: 'a column of another type',
    table: changed('price', { type: integer }),
    message: /^Column order\.price is NUMERIC, expected INT64\.$/
  },
  {
    name: 'a column that is too short',
    table: changed('value', { type: { scalar: 'STRING', array: false, length: 5 } }),
    message: /^Column order\.value is STRING\(4\), expected STRING\(5\)\.$/
  },
  {
    name: 'a column that is required but may be NULL',
    table: changed('value', { notNull: true }),
    message: /^Column order\.value is nullable, expected NOT NULL\.$/
  },
  {
    name: 'a column that nobody would fill',
    table: {
      ...itemsTable,
      columns: itemsTable.columns.filter(({ name }) => name !== 'event_version'),
      guardColumns: []
    },
    message: /^Column order\.event_version is INT64 NOT NULL, but no collection declares it\.$/
  },
  {
    name: 'another key',
    table: { ...itemsTable, primaryKey: ['id', 'rank'], indexes: [] },
    message: /^The primary key of table order is \(id\), expected \(id, rank\)\.$/
  },
  {
    name: 'a missing index',
    table: {
      ...itemsTable,
      indexes: [{ name: 'order_by_at', columns: ['at'], storing: [], unique: false }]
    },
    message: /^Index order_by_at on table order is missing, expected \(at/
  },
  {
    name: 'an index on other columns',
    table: {
      ...itemsTable,
      indexes: [
        { name: 'order_by_price', columns: ['price', 'at'], storing: ['value'], unique: false }
      ]
    },
    message: /^Index order_by_price on table order is \(price.*expected \(price, at/
  }
]

export function describeSchema(tested: () => Tested): void {
  describe('compares the live tables', () => {
    test('and finds nothing when they are as asked for', async () => {
      const { store, subject } = tested()
      expect(await store.verify(storeTables(subject.types))).toEqual([])
    })

    test('and minds neither extra columns and indexes, nor longer ones', async () => {
      const { store } = tested()
      const narrower = changed('value', { type: { scalar: 'STRING', array: false, length: 3 } })
      const fewer = {
        ...narrower,
        columns: narrower.columns.filter(({ name }) => name !== 'at' && name !== 'rank'),
        indexes: [...(byPrice ? [byPrice] : []), ...otherIndexes.filter(({ unique }) => unique)]
      }
      expect(await store.verify([fewer])).toEqual([])
    })

    test.each(differences)('and names $name', async ({ table, message }) => {
      const { store } = tested()
      const found = await store.verify([table])
      expect(found).toEqual([{ table: table.name, message: expect.stringMatching(message) }])
    })
  })
}
