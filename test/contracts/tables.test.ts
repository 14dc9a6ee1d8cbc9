import { expect, test } from 'vitest'
import type { Table } from '../../src/store/table.ts'
import { formatType } from '../../src/values/column-types.ts'
import { compile, goodSet, type JsonObject, thingCounts, thingLog, things } from './schema-sets.ts'

function tableOf(collection: JsonObject): Table {
  const [compiled] = compile({ collections: { c: collection } }).collections
  if (!compiled) throw new Error('no collection')
  return compiled.table
}

const columnsOf = (table: Table) =>
  table.columns.map(({ name, type, notNull, commitTimestamp }) =>
    [name, formatType(type), notNull ? 'NOT NULL' : '', commitTimestamp ? 'commit timestamp' : '']
      .filter(Boolean)
      .join(' ')
  )

test('a state keeps its newest version, and its key after a delete', () => {
  const table = tableOf({
    ...things,
    columns: { id: { type: 'STRING(8)' }, text: { type: 'STRING(MAX)', required: true } }
  })
  expect(columnsOf(table)).toEqual([
    'id STRING(8) NOT NULL',
    'text STRING(MAX)',
    'event_version TIMESTAMP NOT NULL',
    'event_key STRING(32) NOT NULL',
    'committed_at TIMESTAMP NOT NULL commit timestamp',
    'deleted_at TIMESTAMP commit timestamp'
  ])
  expect(table).toMatchObject({
    kind: 'state',
    primaryKey: ['id'],
    guardColumns: ['event_version', 'event_key', 'deleted_at'],
    ttl: { column: 'deleted_at', days: 35 }
  })
})

test('a log has its event key last in the primary key and is written blindly', () => {
  const table = tableOf(thingLog)
  expect(columnsOf(table)).toEqual([
    'id STRING(8) NOT NULL',
    'text STRING(MAX) NOT NULL',
    'event_key STRING(32) NOT NULL',
    'committed_at TIMESTAMP NOT NULL commit timestamp'
  ])
  expect(table).toMatchObject({ kind: 'log', primaryKey: ['id', 'event_key'], guardColumns: [] })
  expect(table).not.toHaveProperty('ttl')
})

test('a counter is decided by its current sums', () => {
  const table = tableOf(thingCounts)
  expect(columnsOf(table)).toEqual([
    'id STRING(8) NOT NULL',
    'pieces INT64 NOT NULL',
    'sum NUMERIC NOT NULL',
    'committed_at TIMESTAMP NOT NULL commit timestamp'
  ])
  expect(table).toMatchObject({ kind: 'counter', guardColumns: ['pieces', 'sum'] })
  expect(table).not.toHaveProperty('ttl')
})

test.each([
  ['TIMESTAMP', 'TIMESTAMP'],
  ['INT64', 'INT64'],
  ['STRING', 'STRING(MAX)'],
  [['INT64', 'TIMESTAMP'], 'STRING(MAX)']
])('a version of type %j is a column %s', (type, column) => {
  expect(columnsOf(tableOf({ ...things, version: { type } }))).toContain(
    `event_version ${column} NOT NULL`
  )
})

test('a table with merges guards the versions of its columns', () => {
  const write = {
    collection: 'things',
    operation: 'merge',
    version: '/time',
    set: { id: '/data/id' }
  }
  const { collections } = compile({
    ...goodSet,
    events: { changed: { ...goodSet.events.changed, writes: [write] } }
  })
  expect(columnsOf(collections[0]?.table as Table).at(-1)).toBe('column_versions JSON')
  expect(collections[0]?.table.guardColumns).toContain('column_versions')
})

test('an index of a state stores deleted_at, and one of a log does not', () => {
  const indexes = [{ name: 'by_text', columns: ['text'], storing: ['count'], unique: true }]
  expect(tableOf({ ...things, indexes }).indexes).toEqual([
    { name: 'by_text', columns: ['text'], storing: ['count', 'deleted_at'], unique: true }
  ])
  expect(
    tableOf({ ...thingLog, indexes: [{ name: 'by_text', columns: ['text'] }] }).indexes
  ).toEqual([{ name: 'by_text', columns: ['text'], storing: [], unique: false }])
})

test('a read has defaults', () => {
  const [collection] = compile({
    collections: { c: { ...thingLog, read: { path: 'log' } } }
  }).collections
  expect(collection?.read).toEqual({
    path: 'log',
    fields: ['id', 'text'],
    filters: [],
    accessPaths: [{ order: ['id', 'event_key'], filters: [] }],
    pageSize: 100,
    maxPageSize: 1000,
    maxStalenessMs: 60_000
  })
})

test('the tables of the service are those of the collections, the ledger and the dead letters', () => {
  const { tables, eventTypes } = compile(goodSet)
  expect(tables.map(({ name }) => name)).toEqual([
    'things',
    'thing_log',
    'thing_counts',
    'event_ledger',
    'dead_letters'
  ])
  expect(eventTypes).toEqual(['thing.changed'])
})
