import type { CounterWrite, Letter, LogWrite, Plan, StateWrite, Write } from '../../src/plan.ts'
import type { Column, Table } from '../../src/store/table.ts'
import type { ScalarType } from '../../src/values/column-types.ts'
import type { Row, Value } from '../../src/values/value.ts'

function column(name: string, scalar: ScalarType, notNull = false): Column {
  return {
    name,
    type: { scalar, array: false, ...(scalar === 'STRING' && { length: 'MAX' }) },
    notNull
  }
}

const committedAt: Column = { ...column('committed_at', 'TIMESTAMP', true), commitTimestamp: true }
const deletedAt: Column = { ...column('deleted_at', 'TIMESTAMP'), commitTimestamp: true }

function stateTable(name: string, version: ScalarType, extra: readonly Column[] = []): Table {
  return {
    name,
    kind: 'state',
    columns: [
      column('id', 'STRING', true),
      column('a', 'STRING'),
      column('b', 'STRING'),
      column('event_version', version, true),
      column('event_key', 'STRING', true),
      committedAt,
      deletedAt,
      ...extra
    ],
    primaryKey: ['id'],
    indexes: [],
    guardColumns: ['event_version', 'event_key', 'deleted_at', ...extra.map(({ name }) => name)]
  }
}

export const items = stateTable('items', 'INT64')
export const merged = stateTable('merged', 'INT64', [column('column_versions', 'JSON')])
export const texts = stateTable('texts', 'STRING')

export const log: Table = {
  name: 'log',
  kind: 'log',
  columns: [
    column('id', 'STRING', true),
    column('a', 'STRING'),
    column('event_key', 'STRING', true),
    committedAt
  ],
  primaryKey: ['id', 'event_key'],
  indexes: [],
  guardColumns: []
}

export const sales: Table = {
  name: 'sales',
  kind: 'counter',
  columns: [
    column('id', 'STRING', true),
    column('count', 'INT64', true),
    column('total', 'NUMERIC', true),
    committedAt
  ],
  primaryKey: ['id'],
  indexes: [],
  guardColumns: ['count', 'total']
}

/** 32 hex digits that keep the order of their number. */
export function keyOf(n: number): string {
  return n.toString(16).padStart(32, '0')
}

export function letterOf(id: string): Letter {
  return { id, source: '//test', eventId: id, type: 'test', headers: {}, body: Buffer.from(id) }
}

export function plan(n: number, ...writes: Write[]): Plan {
  return { eventKey: keyOf(n), writes, letter: letterOf(keyOf(n)), bytes: 100, mutations: 10 }
}

export function upsert(table: Table, id: string, version: Value, values: Row): StateWrite {
  return {
    kind: 'state',
    operation: 'upsert',
    table,
    key: [id],
    version,
    values: { a: null, b: null, ...values }
  }
}

export function merge(table: Table, id: string, version: Value, values: Row): StateWrite {
  return { kind: 'state', operation: 'merge', table, key: [id], version, values }
}

export function remove(table: Table, id: string, version: Value): StateWrite {
  return { kind: 'state', operation: 'delete', table, key: [id], version, values: {} }
}

/** An append of event `n`, whose key is part of the row's. */
export function append(n: number, id: string, values: Row): LogWrite {
  return { kind: 'log', table: log, key: [id, keyOf(n)], values }
}

export function add(id: string, amounts: Record<string, string>): CounterWrite {
  return { kind: 'counter', table: sales, key: [id], amounts }
}
