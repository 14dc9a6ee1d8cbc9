import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { refusal } from '../../dev/spanner-model/refusal.ts'
import { type Model, serveModel } from '../../dev/spanner-model/serve-model.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Store } from '../../src/store/store.ts'
import { bareSpanner } from '../store/bare-spanner.ts'
import { itemsTable, storeTables } from '../store/tables.ts'
import { item, look, put, readItem } from '../store/writes.ts'

const tables = storeTables(['STRING', 'INT64'])
const database = 'projects/p/instances/i/databases/d'

let model: Model
let store: Store

beforeAll(async () => {
  model = await serveModel({ databases: { [database]: spannerDdl(tables) } })
  vi.stubEnv('SPANNER_EMULATOR_HOST', model.host)
  const timeouts = { commitTimeoutMs: 10_000, readTimeoutMs: 5000 }
  store = await openSpannerStore({ database, emulator: true, ...timeouts })
})

afterAll(async () => {
  await store.close()
  model.close()
})

test('has the databases that it was given, and counts calls by method', async () => {
  expect(await store.verify(tables)).toEqual([])
  const before = model.counts['Commit'] ?? 0
  await put(store, itemsTable, item('one'), item('two'))
  await readItem(store, 'one', 'id')
  expect(model.counts['Commit']).toBe(before + 1)
})

test('serves multiplexed sessions, one for all transactions', async () => {
  await Promise.all(['a', 'b', 'c'].map((id) => look(store, { table: itemsTable, key: [id] })))
  expect(model.counts['CreateSession']).toBe(1)
  expect(model.counts['BatchCreateSessions']).toBeUndefined()
})

test('refuses the calls that it is told to refuse', async () => {
  model.refuse = (method) =>
    method === 'Commit' ? refusal(status.UNAVAILABLE, 'injected') : undefined
  onTestFinished(() => {
    model.refuse = () => undefined
  })
  const commit = put(store, itemsTable, item('refused'))
  await expect(commit).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(await readItem(store, 'refused', 'id')).toBeUndefined()
})

test('answers a commit after its delay', async () => {
  const start = performance.now()
  model.delays = { commitMs: 100, readMs: 0 }
  await put(store, itemsTable, item('late'))
  model.delays = { commitMs: 0, readMs: 0 }
  expect(performance.now() - start).toBeGreaterThan(95)
})

test('says which statement of DDL it does not know', async () => {
  const bare = bareSpanner(database)
  onTestFinished(bare.close)
  const change = bare.ddl('CREATE CHANGE STREAM everything FOR ALL')
  await expect(change).rejects.toThrow("The model doesn't know: CREATE CHANGE STREAM")
})
