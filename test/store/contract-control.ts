import { expect, test } from 'vitest'
import { tryControl } from '../../src/commit/control.ts'
import { rowId, type Write } from '../../src/plan.ts'
import type { Table } from '../../src/store/table.ts'
import type { Value } from '../../src/values/value.ts'
import type { Subject, Tested } from './contract.ts'
import { storeTables, typesTable } from './tables.ts'
import { put } from './writes.ts'

/** The commit that tries whether tables can be written must succeed in every store, and change nothing. */
export function describeControl(tested: () => Tested, subject: Subject): void {
  const write = (table: Table, key: readonly Value[]): Write => ({
    kind: 'log',
    table,
    key,
    row: rowId(table, key),
    values: {}
  })

  test('takes a commit that tries every kind of table, and is the same after it', async () => {
    const { store } = tested()
    const types = typesTable(subject.types)
    await put(store, types, { tenant: 'there', id: '1', string: 'kept', int64: '7' })
    const keys = {
      types: ['there', '1'],
      order: ['not there'],
      log: ['not there', 'not there'],
      sales: ['1999-12-31'],
      event_ledger: ['not there'],
      dead_letters: ['not there']
    } as Readonly<Record<string, readonly Value[]>>
    const tables = storeTables(subject.types)
    expect(
      await tryControl(
        store,
        tables.map((table) => write(table, keys[table.name] ?? []))
      )
    ).toBe(undefined)
    for (const table of tables) {
      const row = await store.read(table, keys[table.name] ?? [], table.primaryKey, {
        kind: 'strong'
      })
      expect(row !== undefined, table.name).toBe(table.name === 'types')
    }
    const columns = ['string', 'int64', 'deleted_at']
    const kept = await store.read(types, ['there', '1'], columns, { kind: 'strong' })
    expect(kept).toEqual({ string: 'kept', int64: '7', deleted_at: null })
  })
}
