import { accessPaths } from '../../src/contracts/access-paths.ts'
import type { ReadableCollection } from '../../src/contracts/contracts.ts'
import { type Column, managedColumns, type Table } from '../../src/store/table.ts'
import type { ScalarType } from '../../src/values/column-types.ts'
import type { Row } from '../../src/values/value.ts'

function column(name: string, scalar: ScalarType, notNull = false, array = false): Column {
  const length = scalar === 'STRING' || scalar === 'BYTES' ? { length: 'MAX' as const } : {}
  return { name, type: { scalar, array, ...length }, notNull }
}

const committedAt = column(managedColumns.committedAt, 'TIMESTAMP', true)
const eventKey = column(managedColumns.key, 'STRING', true)
const stateColumns = [
  column(managedColumns.version, 'TIMESTAMP', true),
  eventKey,
  committedAt,
  column(managedColumns.deletedAt, 'TIMESTAMP')
]

const managedNames: readonly string[] = Object.values(managedColumns)

function readable(
  kind: ReadableCollection['kind'],
  table: Omit<Table, 'kind' | 'guardColumns'>,
  read: Pick<ReadableCollection['read'], 'path' | 'fields' | 'filters'>
): ReadableCollection {
  const declared = (names: readonly string[]) =>
    names.filter((name) => !managedNames.includes(name))
  const columns = declared(table.columns.map(({ name }) => name))
  return {
    name: table.name,
    description: table.name,
    columnDescriptions: {},
    kind,
    columns,
    key: declared(table.primaryKey),
    dataColumns: columns.filter((name) => !table.primaryKey.includes(name)),
    required: [],
    table: { ...table, kind, guardColumns: [] },
    read: {
      ...read,
      accessPaths: accessPaths(table, read.filters),
      pageSize: 3,
      maxPageSize: 100,
      maxStalenessMs: 60_000
    }
  }
}

export const items = readable(
  'state',
  {
    name: 'items',
    columns: [
      column('id', 'STRING', true),
      column('value', 'STRING'),
      column('rank', 'INT64'),
      column('secret', 'STRING'),
      ...stateColumns
    ],
    primaryKey: ['id'],
    indexes: [
      { name: 'items_by_value', columns: ['value', 'rank'], storing: [], unique: false },
      { name: 'items_by_secret', columns: ['secret'], storing: [], unique: true }
    ]
  },
  { path: 'data', fields: ['id', 'value', 'rank'], filters: ['id', 'value', 'rank'] }
)

export const objects = readable(
  'state',
  {
    name: 'objects',
    columns: [
      column('bucket', 'STRING', true),
      column('generation', 'INT64', true),
      ...stateColumns
    ],
    primaryKey: ['bucket', 'generation'],
    indexes: []
  },
  { path: 'storage/objects', fields: ['bucket', 'generation'], filters: [] }
)

export const clicks = readable(
  'log',
  {
    name: 'clicks',
    columns: [column('day', 'DATE', true), eventKey, committedAt],
    primaryKey: ['day', managedColumns.key],
    indexes: []
  },
  { path: 'clicks', fields: ['day'], filters: ['day'] }
)

export const sales = readable(
  'counter',
  {
    name: 'sales',
    columns: [column('day', 'DATE', true), column('total', 'NUMERIC'), committedAt],
    primaryKey: ['day'],
    indexes: []
  },
  { path: 'sales', fields: ['day', 'total'], filters: [] }
)

/** One column of every type. */
export const samples = readable(
  'state',
  {
    name: 'samples',
    columns: [
      column('string', 'STRING', true),
      column('int64', 'INT64'),
      column('float64', 'FLOAT64'),
      column('numeric', 'NUMERIC'),
      column('bool', 'BOOL'),
      column('bytes', 'BYTES'),
      column('date', 'DATE'),
      column('timestamp', 'TIMESTAMP'),
      column('json', 'JSON'),
      column('uuid', 'UUID'),
      column('int64s', 'INT64', false, true),
      column('jsons', 'JSON', false, true),
      ...stateColumns
    ],
    primaryKey: ['string'],
    indexes: [
      {
        name: 'samples_by_all',
        columns: ['int64', 'float64', 'numeric', 'bool', 'bytes', 'date', 'timestamp', 'uuid'],
        storing: [],
        unique: false
      }
    ]
  },
  { path: 'samples', fields: ['string'], filters: [] }
)

export const collections: readonly ReadableCollection[] = [items, objects, clicks, sales, samples]

const stamp = '2026-11-01T10:00:00.000000000Z'

/** The managed columns of every row of a `state` collection, besides its key and its values. */
export const stateRow = {
  event_version: stamp,
  event_key: '0123456789abcdef0123456789abcdef',
  committed_at: stamp,
  deleted_at: null
} as const satisfies Row
