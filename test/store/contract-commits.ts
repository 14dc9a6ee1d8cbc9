import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { deadLettersTable, ledgerTable } from '../../src/store/managed-tables.ts'
import type { Store } from '../../src/store/store.ts'
import { COMMIT_TIMESTAMP } from '../../src/values/value.ts'
import type { Subject, Tested } from './contract.ts'
import { counterTable, itemsTable, logTable } from './tables.ts'
import { item, look, put, readItem, type WrittenRow } from './writes.ts'

const day = '2026-11-01'

/** Add one to a counter, as one transaction that reads it first. */
const increment = (store: Store, key: string) =>
  store.commit([{ table: counterTable, key: [key] }], (current) => {
    const count = String(BigInt(String(current.get(counterTable, [key])?.['count'] ?? 0)) + 1n)
    return { mutations: [{ table: counterTable, row: { day: key, count } }], result: count }
  })

export function describeCommits(tested: () => Tested, subject: Subject): void {
  test('shows a guard the key and the guard columns of a committed row, and nothing of a missing one', async () => {
    const { store } = tested()
    await put(store, itemsTable, item('guarded', { rank: '7', value: 'red' }))
    expect(await look(store, { table: itemsTable, key: ['guarded'] })).toEqual({
      id: 'guarded',
      event_version: '1',
      rank: '7'
    })
    expect(await look(store, { table: itemsTable, key: ['missing'] })).toBeUndefined()
  })

  test('reads guards of several tables in one transaction, repeated ones once', async () => {
    const { store } = tested()
    await put(store, ledgerTable, { event_key: 'e1', committed_at: COMMIT_TIMESTAMP })
    await put(store, itemsTable, item('several'))
    const keys = ['several', 'several', 'missing']
    const guards = [
      ...keys.map((key) => ({ table: itemsTable, key: [key] })),
      { table: ledgerTable, key: ['e1'] },
      { table: deadLettersTable, key: ['none'] }
    ]
    const { result } = await store.commit(guards, (current) => ({
      mutations: [],
      result: guards.map(({ table, key }) => current.get(table, key) !== undefined)
    }))
    expect(result).toEqual([true, true, false, true, false])
  })

  test('shows a guard of a unique index which row has the entry, beside guards of rows', async () => {
    const { store } = tested()
    const index = itemsTable.indexes.find(({ unique }) => unique)
    await put(store, itemsTable, item('holder', { code: 'BBBB' }), item('other', { code: 'CCCC' }))
    const guards = [
      { table: itemsTable, key: ['other'] },
      ...['BBBB', 'DDDD', 'BBBB'].map((code) => ({
        table: itemsTable,
        key: [code],
        ...(index && { index })
      }))
    ]
    const { result } = await store.commit(guards, (current) => ({
      mutations: [],
      result: guards.map(({ table, key, ...entry }) =>
        current.get(table, key, 'index' in entry ? index : undefined)
      )
    }))
    expect(result[0]).toMatchObject({ id: 'other', event_version: '1' })
    expect(result[1]).toMatchObject({ id: 'holder', code: 'BBBB' })
    expect(result[2]).toBeUndefined()
    expect(result[3]).toEqual(result[1])
  })

  test('serialises commits that each take the entry of a unique index if it is free', async () => {
    const { store } = tested()
    const index = itemsTable.indexes.find(({ unique }) => unique)
    const take = (id: string) =>
      store.commit([{ table: itemsTable, key: ['EEEE'], ...(index && { index }) }], (current) => {
        const taken = current.get(itemsTable, ['EEEE'], index) !== undefined
        const row = item(id, { code: 'EEEE' })
        return { mutations: taken ? [] : [{ table: itemsTable, row }], result: taken }
      })
    const results = await Promise.all(['one', 'two', 'three', 'four'].map(take))
    expect(results.map(({ result }) => result).toSorted()).toEqual([false, true, true, true])
  })

  test('keeps the columns that a later write does not name', async () => {
    const { store } = tested()
    await put(store, itemsTable, item('merged', { value: 'red', price: '1.5' }))
    await put(store, itemsTable, item('merged', { price: '2' }))
    const row = await readItem(store, 'merged', 'value', 'price')
    expect(row).toEqual({ value: 'red', price: '2' })
  })

  test('writes a row that is nothing but its key, again and again', async () => {
    const { store } = tested()
    const row: WrittenRow = { topic: 't', event_key: 'k', committed_at: COMMIT_TIMESTAMP }
    await put(store, logTable, row, { ...row, event_key: 'k2' })
    await put(store, logTable, row)
    const found = await store.read(logTable, ['t', 'k'], ['event_key'], { kind: 'strong' })
    expect(found).toEqual({ event_key: 'k' })
  })

  test('deletes a row, and leaves a key that has none as it is', async () => {
    const { store } = tested()
    await put(store, itemsTable, item('deleted'), item('neighbour of the deleted'))
    const deletion = (id: string) => ({ table: itemsTable, row: { id }, deletes: true }) as const
    const guards = [{ table: itemsTable, key: ['deleted'] }]
    const mutations = [deletion('deleted'), deletion('never there')]
    await store.commit(guards, () => ({ mutations, result: undefined }))
    expect(await readItem(store, 'deleted', 'id')).toBeUndefined()
    expect(await readItem(store, 'neighbour of the deleted', 'id')).toBeDefined()
  })

  test('writes and deletes a row in one commit, which checks it and leaves nothing', async () => {
    const { store } = tested()
    const row = (columns: WrittenRow) => item('passing', columns)
    const both = (columns: WrittenRow) =>
      store.commit([{ table: itemsTable, key: ['passing'] }], () => ({
        mutations: [
          { table: itemsTable, row: { id: 'passing' }, deletes: true },
          { table: itemsTable, row: row(columns) }
        ],
        result: undefined
      }))
    await both({ value: 'red' })
    expect(await readItem(store, 'passing', 'id')).toBeUndefined()
    await expect(both({ value: 'a value too long' })).rejects.toMatchObject({
      code: 'STORE_REFUSED'
    })
  })

  test('rejects with what the decision threw, writes nothing, and serves the next commit', async () => {
    const { store } = tested()
    const thrown = new Failure('STORE_CONTENDED', 'made up')
    const guards = [{ table: itemsTable, key: ['thrown'] }]
    let decisions = 0
    const refuse = () => {
      decisions += 1
      throw thrown
    }
    await expect(store.commit(guards, refuse)).rejects.toBe(thrown)
    expect(decisions).toBe(1)
    await increment(store, '1999-01-01')
    expect(await readItem(store, 'thrown', 'id')).toBeUndefined()
  })

  test('serializes concurrent commits to one row', async () => {
    const { store } = tested()
    const results = await Promise.all(Array.from({ length: 20 }, () => increment(store, day)))
    const counts = results.map(({ result }) => Number(result)).sort((a, b) => a - b)
    expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(await look(store, { table: counterTable, key: [day] })).toMatchObject({ count: '20' })
  })

  test('gives later commits later timestamps, and writes the same one into the rows', async () => {
    const { store } = tested()
    const timestamps: string[] = []
    for (let round = 0; round < 5; round++) {
      const { commitTimestamp } = await put(store, itemsTable, item('stamped'), item('stamped too'))
      expect(commitTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
      expect(await readItem(store, 'stamped', 'committed_at', 'deleted_at')).toEqual({
        committed_at: commitTimestamp,
        deleted_at: null
      })
      timestamps.push(commitTimestamp)
    }
    expect(new Set(timestamps).size).toBe(5)
    expect(timestamps).toEqual(timestamps.toSorted())
  })

  test('gives a timestamp for a commit that writes nothing, with guards and without', async () => {
    const { store } = tested()
    const nothing = () => ({ mutations: [], result: 'nothing' })
    const first = await put(store, itemsTable, item('before'))
    const blind = await store.commit([], nothing)
    const guarded = await store.commit([{ table: itemsTable, key: ['before'] }], nothing)
    expect(blind).toMatchObject({ result: 'nothing' })
    for (const { commitTimestamp } of [blind, guarded]) {
      expect(commitTimestamp >= first.commitTimestamp).toBe(true)
      const freshness = { kind: 'after', commitTimestamp } as const
      expect(await store.read(itemsTable, ['before'], ['id'], freshness)).toEqual({ id: 'before' })
    }
  })

  test('shows a commit to every read after its timestamp', async () => {
    const { store } = tested()
    for (const value of ['1', '2', '3']) {
      const { commitTimestamp } = await put(store, itemsTable, item('after', { value }))
      const freshness = { kind: 'after', commitTimestamp } as const
      expect(await store.read(itemsTable, ['after'], ['value'], freshness)).toEqual({ value })
    }
  })

  test('reads what is old enough, or newer', async () => {
    const { store } = tested()
    await put(store, itemsTable, item('stale', { value: 'old' }))
    const read = () => store.read(itemsTable, ['stale'], ['value'], { kind: 'stale', ms: 1 })
    await expect.poll(read).toEqual({ value: 'old' })
  })

  if (subject.shared) describeSharing(tested)
}

function describeSharing(tested: () => Tested): void {
  describe('opened twice', () => {
    test('still has what was committed, and goes on with later timestamps', async () => {
      const { store, again } = tested()
      const before = await put(store, itemsTable, item('durable', { value: 'kept' }))
      const other = await again()
      expect(await readItem(other, 'durable', 'value')).toEqual({ value: 'kept' })
      const after = await put(other, itemsTable, item('durable', { value: 'new' }))
      await other.close()
      expect(after.commitTimestamp > before.commitTimestamp).toBe(true)
      expect(await readItem(store, 'durable', 'value')).toEqual({ value: 'new' })
    })

    test('finishes what is in flight before it closes', async () => {
      const { store, again } = tested()
      const other = await again()
      const guards = [{ table: itemsTable, key: ['last'] }]
      const last = { table: itemsTable, row: item('last') }
      const commit = other.commit(guards, () => ({ mutations: [last], result: 'done' }))
      await other.close()
      await expect(commit).resolves.toMatchObject({ result: 'done' })
      expect(await readItem(store, 'last', 'id')).toEqual({ id: 'last' })
    })

    test('serializes commits of both to one row', async () => {
      const { store, again } = tested()
      const other = await again()
      const both = Array.from({ length: 10 }, () => [
        increment(store, '2026-11-02'),
        increment(other, '2026-11-02')
      ])
      await Promise.all(both.flat())
      await other.close()
      const row = await look(store, { table: counterTable, key: ['2026-11-02'] })
      expect(row).toMatchObject({ count: '20' })
    })
  })
}
