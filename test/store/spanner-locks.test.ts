import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { refusal } from '../../dev/spanner-model/refusal.ts'
import { type Model, serveModel } from '../../dev/spanner-model/serve-model.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Store } from '../../src/store/store.ts'
import { itemsTable } from './tables.ts'
import { item, look } from './writes.ts'

const database = 'projects/p/instances/i/databases/d'
const guard = { table: itemsTable, key: ['a'] }

let model: Model
let store: Store

/** On multiplexed sessions, as in production: there a lost transaction ends with no other one. */
beforeAll(async () => {
  model = await serveModel({ databases: { [database]: spannerDdl([itemsTable]) } })
  vi.stubEnv('SPANNER_EMULATOR_HOST', model.host)
  const timeouts = { commitTimeoutMs: 5000, readTimeoutMs: 5000 }
  store = await openSpannerStore({ database, emulator: true, ...timeouts })
})
beforeEach(() => {
  model.refuse = () => undefined
})
afterAll(async () => {
  await store.close()
  model.close()
})

const write = () =>
  store.commit([guard], () => ({
    mutations: [{ table: itemsTable, row: item('a') }],
    result: undefined
  }))

test.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL', 'FAILED_PRECONDITION'] as const)(
  'leaves no row locked after a commit that failed with %s',
  async (name) => {
    model.refuse = (method) => (method === 'Commit' ? refusal(status[name], 'injected') : undefined)
    await expect(write()).rejects.toMatchObject({ name: 'Failure' })
    model.refuse = () => undefined
    await write()
  }
)

test('leaves no row locked when a decision throws', async () => {
  const thrown = new Error('no')
  const refuse = () => {
    throw thrown
  }
  await expect(store.commit([guard], refuse)).rejects.toBe(thrown)
  await write()
})

test('leaves no row locked when it has only looked', async () => {
  await look(store, guard)
  await write()
})
