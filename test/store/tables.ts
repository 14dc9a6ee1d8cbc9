import { deadLettersTable, ledgerTable } from '../../src/store/managed-tables.ts'
import type { Column, Table } from '../../src/store/table.ts'
import type { ColumnType, ScalarType } from '../../src/values/column-types.ts'

const column = (name: string, type: ColumnType, notNull = false): Column => ({
  name,
  type,
  notNull
})
const scalar = (name: ScalarType, length?: number | 'MAX'): ColumnType => ({
  scalar: name,
  array: false,
  ...(length && { length })
})
const array = (name: ScalarType, length?: number | 'MAX'): ColumnType => ({
  ...scalar(name, length),
  array: true
})
const commitTimestamp = (name: string, notNull = false): Column => ({
  ...column(name, scalar('TIMESTAMP'), notNull),
  commitTimestamp: true
})

/** One column of every type, by the type's name in lower case, and an array of each. */
function everyType(types: readonly ScalarType[]): readonly Column[] {
  const length = (type: ScalarType) => (type === 'STRING' || type === 'BYTES' ? 'MAX' : undefined)
  return types.flatMap((type) => [
    column(type.toLowerCase(), scalar(type, length(type))),
    column(`${type.toLowerCase()}s`, array(type, length(type)))
  ])
}

/** A state table with a column of each of these types, keyed by two columns. */
export const typesTable = (types: readonly ScalarType[]): Table => ({
  name: 'types',
  kind: 'state',
  columns: [
    column('tenant', scalar('STRING', 16), true),
    column('id', scalar('INT64'), true),
    ...everyType(types),
    commitTimestamp('deleted_at')
  ],
  primaryKey: ['tenant', 'id'],
  indexes: [],
  guardColumns: everyType(types).map(({ name }) => name)
})

/** A state table with every constraint and kind of index. Its name is a reserved word. */
export const itemsTable: Table = {
  name: 'order',
  kind: 'state',
  columns: [
    column('id', scalar('STRING', 64), true),
    column('value', scalar('STRING', 4)),
    column('price', scalar('NUMERIC')),
    column('rank', scalar('INT64')),
    column('at', scalar('TIMESTAMP')),
    column('code', scalar('BYTES', 3)),
    column('attributes', scalar('JSON')),
    column('event_version', scalar('INT64'), true),
    commitTimestamp('committed_at', true),
    commitTimestamp('deleted_at')
  ],
  primaryKey: ['id'],
  indexes: [
    { name: 'order_by_price', columns: ['price'], storing: ['value', 'deleted_at'], unique: false },
    { name: 'order_by_rank', columns: ['rank', 'at'], storing: ['deleted_at'], unique: false },
    { name: 'order_by_code', columns: ['code'], storing: ['deleted_at'], unique: true }
  ],
  guardColumns: ['event_version', 'rank'],
  ttl: { column: 'deleted_at', days: 30 }
}

/** A log: nothing but a key and a commit timestamp. */
export const logTable: Table = {
  name: 'log',
  kind: 'log',
  columns: [
    column('topic', scalar('STRING', 32), true),
    column('event_key', scalar('STRING', 32), true),
    commitTimestamp('committed_at', true)
  ],
  primaryKey: ['topic', 'event_key'],
  indexes: [],
  guardColumns: []
}

export const counterTable: Table = {
  name: 'sales',
  kind: 'counter',
  columns: [
    column('day', scalar('DATE'), true),
    column('count', scalar('INT64'), true),
    column('total', scalar('NUMERIC'))
  ],
  primaryKey: ['day'],
  indexes: [],
  guardColumns: ['count', 'total']
}

export const storeTables = (types: readonly ScalarType[]): readonly Table[] => [
  typesTable(types),
  itemsTable,
  logTable,
  counterTable,
  ledgerTable,
  deadLettersTable
]
