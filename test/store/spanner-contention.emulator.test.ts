import { Spanner } from '@google-cloud/spanner'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startSpannerEmulator } from '../../dev/local/emulator.ts'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Store } from '../../src/store/store.ts'
import { freshDatabaseName } from './spanner-database.ts'
import { counterTable, itemsTable } from './tables.ts'
import { look } from './writes.ts'

const commitTimeoutMs = 5000

let emulator: Emulator
let store: Store
let client: Spanner
let database: string

const open = () =>
  openSpannerStore({ database, commitTimeoutMs, readTimeoutMs: 30_000, emulator: true })

/** An emulator that aborts some commits, and that never aborts a transaction for a younger one. */
const flags = ['--enable_fault_injection', '--abort_current_transaction_probability=0']

beforeAll(async () => {
  database = await freshDatabaseName()
  emulator = await startSpannerEmulator({ path: process.env['PATH'], flags })
  process.env['SPANNER_EMULATOR_HOST'] = emulator.host
  await applySchema({ database, tables: [itemsTable, counterTable], emulator: true })
  store = await open()
  client = new Spanner({
    projectId: 'landfall-test',
    disableBuiltInMetrics: true,
    clientOptions: { universeDomain: 'googleapis.com' }
  })
})
afterAll(async () => {
  await store.close()
  await client.close()
  await emulator.stop()
})

/** Hold the lock that every other transaction of the emulator waits for. */
async function hold() {
  const { instance, database: name } = parseDatabaseName(database)
  const [transaction] = await client.instance(instance).database(name).getTransaction()
  await transaction.read('order', { keys: ['a'], columns: ['id'] })
  return transaction
}

const guard = { table: itemsTable, key: ['a'] }

test('gives up when its time is over, and blames no event', async () => {
  const holder = await hold()
  const start = performance.now()
  await expect(look(store, guard)).rejects.toMatchObject({ code: 'STORE_CONTENDED' })
  const took = performance.now() - start
  expect(took).toBeGreaterThan(commitTimeoutMs / 2)
  await holder.rollback()
})

test('goes on as soon as the others are done', async () => {
  const holder = await hold()
  const looking = look(store, guard)
  await holder.rollback()
  await expect(looking).resolves.toBeUndefined()
})

test('holds nothing back when a decision throws', async () => {
  const thrown = new Error('no')
  const refuse = () => {
    throw thrown
  }
  await expect(store.commit([guard], refuse)).rejects.toBe(thrown)
  // Another session, because a new transaction of the same one would end the old one anyway.
  const other = await open()
  await expect(look(other, guard)).resolves.toBeUndefined()
  await other.close()
})

test('decides again with fresh rows after every abort, and counts once', async () => {
  let decisions = 0
  for (let round = 0; round < 150; round++) {
    const key = ['2026-11-01']
    await store.commit([{ table: counterTable, key }], (current) => {
      decisions += 1
      const count = String(Number(current.get(counterTable, key)?.['count'] ?? 0) + 1)
      return { mutations: [{ table: counterTable, row: { day: key[0] ?? '', count } }], result: 0 }
    })
  }
  const row = await look(store, { table: counterTable, key: ['2026-11-01'] })
  expect(row).toMatchObject({ count: '150' })
  expect(decisions).toBeGreaterThan(150)
})
