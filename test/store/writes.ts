import type { CurrentRows, Guard, Mutation, Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import { COMMIT_TIMESTAMP, type Row, type WrittenValue } from '../../src/values/value.ts'
import { itemsTable } from './tables.ts'

export type WrittenRow = Readonly<Record<string, WrittenValue>>

/** Write rows without looking. */
export async function put(store: Store, table: Table, ...rows: readonly WrittenRow[]) {
  return store.commit([], () => ({
    mutations: rows.map((row): Mutation => ({ table, row })),
    result: undefined
  }))
}

/** Read what a guard sees, in a transaction that writes nothing. */
export async function look(store: Store, guard: Guard): Promise<Row | undefined> {
  const see = (current: CurrentRows) => current.get(guard.table, guard.key)
  const { result } = await store.commit([guard], (rows) => ({ mutations: [], result: see(rows) }))
  return result
}

/** A row of the items table with all it must have. */
export const item = (id: string, columns: WrittenRow = {}): WrittenRow => ({
  id,
  event_version: '1',
  committed_at: COMMIT_TIMESTAMP,
  ...columns
})

/** Read columns of an item. */
export const readItem = (store: Store, id: string, ...columns: readonly string[]) =>
  store.read(itemsTable, [id], columns, { kind: 'strong' })
