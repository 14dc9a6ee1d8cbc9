import type { Provenance } from '../../src/delivery/provenance.ts'
import type { FailureCode } from '../../src/failures.ts'
import {
  type CounterWrite,
  deadLetterPlan,
  type LogWrite,
  ledgerWrite,
  type Plan,
  rowId,
  type StateWrite,
  type Write
} from '../../src/plan.ts'
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

const ofItems = stateTable('owned', 'INT64')

/** A state table in which no two rows may have the same `a`. */
export const owned: Table = {
  ...ofItems,
  indexes: [{ name: 'owned_by_a', columns: ['a'], storing: [], unique: true }],
  guardColumns: [...ofItems.guardColumns, 'a']
}

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

export function provenanceOf(key: string): Provenance {
  const delivery = { headers: {}, body: Buffer.from(key) }
  const identity = { source: '//test', eventId: key, type: 'test' }
  return { key, envelope: 'unknown', ...identity, delivery, metadata: {} }
}

/** The plan of event `n`; one that counts enters the ledger, as the contracts plan it. */
export function plan(n: number, ...writes: Write[]): Plan {
  const counts = writes.some(({ kind }) => kind === 'counter')
  return {
    provenance: provenanceOf(keyOf(n)),
    writes: counts ? [...writes, ledgerWrite(keyOf(n))] : writes,
    bytes: 100,
    mutations: 10
  }
}

/** The plan of event `n` that cannot land. */
export function broken(n: number, code: FailureCode = 'DATA_INVALID', detail = 'no'): Plan {
  return deadLetterPlan(provenanceOf(keyOf(n)), { code, detail })
}

const rowOf = (table: Table, ...key: readonly Value[]) => ({ table, key, row: rowId(table, key) })

export function upsert(table: Table, id: string, version: Value, values: Row): StateWrite {
  return {
    kind: 'state',
    operation: 'upsert',
    ...rowOf(table, id),
    version,
    values: { a: null, b: null, ...values }
  }
}

export function merge(table: Table, id: string, version: Value, values: Row): StateWrite {
  return { kind: 'state', operation: 'merge', ...rowOf(table, id), version, values }
}

export function remove(table: Table, id: string, version: Value): StateWrite {
  return { kind: 'state', operation: 'delete', ...rowOf(table, id), version, values: {} }
}

/** An append of event `n`, whose key is part of the row's. */
export function append(n: number, id: string, values: Row): LogWrite {
  return { kind: 'log', ...rowOf(log, id, keyOf(n)), values }
}

export function add(id: string, amounts: Record<string, string>): CounterWrite {
  return { kind: 'counter', ...rowOf(sales, id), amounts: { count: '0', total: '0', ...amounts } }
}
