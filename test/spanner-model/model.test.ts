import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDatabase } from '../../bench/model/database.ts'
import { type Model, serveModel } from '../../bench/model/serve-model.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import { describeCommits } from '../store/contract-commits.ts'
import { itemsTable, storeTables, typesTable } from '../store/tables.ts'
import { item, put, readItem } from '../store/writes.ts'

const tables = storeTables(['STRING', 'INT64'])

describe('the model of Spanner', () => {
  let model: Model
  let store: Store

  const open = () =>
    openSpannerStore({
      database: 'projects/p/instances/i/databases/d',
      emulator: true,
      commitTimeoutMs: 10_000,
      readTimeoutMs: 5000
    })

  beforeAll(async () => {
    model = await serveModel(tables, { commitMs: 0, readMs: 0 })
    vi.stubEnv('SPANNER_EMULATOR_HOST', model.host)
    prepareEmulatorEnvironment(process.env)
    store = await open()
  })

  afterAll(async () => {
    await store.close()
    model.close()
  })

  const subject = { types: [], shared: true, create: async () => open }
  describeCommits(() => ({ store, subject, again: open }), subject)

  it('has the tables it was given, and no others', async () => {
    expect(await store.verify(tables)).toEqual([])
    const other: Table = { ...typesTable(['BOOL']), name: 'others' }
    expect(await store.verify([other])).toMatchObject([{ table: 'others' }])
    expect(await store.verify([typesTable(['BOOL'])])).not.toEqual([])
  })

  it('counts the commits', async () => {
    const before = model.counts['Commit'] ?? 0
    await put(store, itemsTable, item('one'), item('two'))
    await readItem(store, 'one', 'id')
    expect(model.counts['Commit']).toBe(before + 1)
  })

  it('commits a transaction once', () => {
    const database = createDatabase(tables)
    const { id: transactionId } = database.begin({ readWrite: {} })
    const columns = ['topic', 'event_key']
    const cells = [{ stringValue: 't' }, { stringValue: 'k' }]
    const insertOrUpdate = { table: 'log', columns, values: [{ values: cells }] }
    const commit = () => database.commit({ transactionId, mutations: [{ insertOrUpdate }] })
    expect(commit()).toHaveProperty('commitTimestamp')
    expect(commit).toThrow('over')
  })

  it('says so when it does not know a call or a query', async () => {
    const select = { table: itemsTable, columns: ['id'], equals: {}, order: ['id'], limit: 1 }
    await expect(store.list(select, { kind: 'strong' })).rejects.toThrow(/does not know the query/)
  })
})
