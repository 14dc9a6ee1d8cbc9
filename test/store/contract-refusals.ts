import { describe, expect, test } from 'vitest'
import type { Table } from '../../src/store/table.ts'
import { COMMIT_TIMESTAMP } from '../../src/values/value.ts'
import type { Tested } from './contract.ts'
import { itemsTable } from './tables.ts'
import { item, look, put, readItem, type WrittenRow } from './writes.ts'

const secret = 'hunter2'

const refused: readonly { name: string; row: WrittenRow }[] = [
  { name: 'a STRING with one character too many', row: item('bad', { value: `${secret}` }) },
  { name: 'BYTES with one byte too many', row: item('bad', { code: 'AAAAAA==' }) },
  { name: 'a key that is too long', row: item('k'.repeat(65)) },
  { name: 'NULL in a required column', row: item('bad', { event_version: null }) },
  { name: 'NULL in the key', row: { ...item('bad'), id: null } },
  { name: 'an integer beyond 64 bits', row: item('bad', { rank: '9223372036854775808' }) },
  { name: 'a fraction in an INT64', row: item('bad', { rank: '1.5' }) },
  { name: 'too many digits', row: item('bad', { price: '1'.repeat(30) }) },
  { name: 'too many digits after the point', row: item('bad', { price: '0.0000000001' }) },
  {
    name: 'a day that is not in the calendar',
    row: item('bad', { at: '2026-02-30T00:00:00.000000000Z' })
  },
  { name: 'JSON that is not', row: item('bad', { attributes: `{${secret}` }) },
  {
    name: 'a new row without a required column',
    row: { id: 'bad', committed_at: COMMIT_TIMESTAMP }
  },
  { name: 'an existing row without a required column', row: { id: 'there', value: 'x' } }
]

export function describeRefusals(tested: () => Tested): void {
  describe('refuses, as the fault of the content and with nothing written,', () => {
    test.each(refused)('$name', async ({ row }) => {
      const { store } = tested()
      await put(store, itemsTable, item('there', { value: 'old' }))
      const commit = put(store, itemsTable, item('neighbour'), row)
      await expect(commit).rejects.toMatchObject({ name: 'Failure', code: 'STORE_REFUSED' })
      await expect(commit).rejects.not.toThrow(new RegExp(secret))
      expect(await readItem(store, 'neighbour', 'id')).toBeUndefined()
      expect(await readItem(store, 'bad', 'id')).toBeUndefined()
      expect(await readItem(store, 'there', 'value')).toEqual({ value: 'old' })
    })

    test('a second row with the value of a unique index, unless it is NULL', async () => {
      const { store } = tested()
      await put(store, itemsTable, item('first', { code: 'AAAA' }), item('null'), item('null too'))
      const guards = [{ table: itemsTable, key: ['second'] }]
      const second = { table: itemsTable, row: item('second', { code: 'AAAA' }) }
      const commit = store.commit(guards, () => ({ mutations: [second], result: undefined }))
      await expect(commit).rejects.toMatchObject({ code: 'STORE_REFUSED' })
      await expect(commit).rejects.toThrow(/index order_by_code|order\.code/)
      expect(await look(store, { table: itemsTable, key: ['second'] })).toBeUndefined()
    })
  })

  test('holds as many characters as a STRING says, whatever they are', async () => {
    const { store } = tested()
    await put(store, itemsTable, item('😀'.repeat(64), { value: '😀😀😀😀' }))
    expect(await readItem(store, '😀'.repeat(64), 'value')).toEqual({ value: '😀😀😀😀' })
  })

  describe('calls it a fault of the deployment when there is no such', () => {
    const missing: Table = { ...itemsTable, name: 'missing', indexes: [] }
    const extra = {
      name: 'extra',
      type: { scalar: 'INT64', array: false },
      notNull: false
    } as const
    const wider: Table = {
      ...itemsTable,
      columns: [...itemsTable.columns, extra],
      guardColumns: ['extra']
    }
    const nowhere = { name: 'nowhere', columns: ['rank'], storing: [], unique: false }
    const misconfigured = { name: 'Failure', code: 'STORE_MISCONFIGURED' }
    const strong = { kind: 'strong' } as const

    test.each([
      { name: 'table', table: missing, row: item('x') },
      { name: 'column', table: wider, row: item('x', { extra: '1' }) }
    ])('$name, in a write, a guard, a read and a list', async ({ table, row }) => {
      const { store } = tested()
      const select = { table, columns: ['extra'], equals: {}, order: ['id'], limit: 1 }
      const columns = table === missing ? ['id'] : ['extra']
      const calls = [
        () => put(store, table, row),
        () => look(store, { table, key: ['x'] }),
        () => store.read(table, ['x'], columns, strong),
        () => store.list({ ...select, columns }, strong)
      ]
      for (const call of calls) {
        const rejection = call()
        await expect(rejection).rejects.toMatchObject(misconfigured)
        await expect(rejection).rejects.toThrow(table === missing ? 'missing' : 'extra')
      }
    })

    test('index, in a list', async () => {
      const { store } = tested()
      const select = {
        table: itemsTable,
        index: nowhere,
        columns: ['id'],
        equals: {},
        order: ['rank', 'id']
      }
      const call = store.list({ ...select, limit: 1 }, strong)
      await expect(call).rejects.toMatchObject(misconfigured)
      await expect(call).rejects.toThrow('nowhere')
    })
  })
}
