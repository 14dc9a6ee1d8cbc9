import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Store } from '../../src/store/store.ts'
import { freshDatabaseName, spannerHost } from './spanner-database.ts'
import { counterTable, itemsTable } from './tables.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { item, look, put, readItem } from './writes.ts'

/** Longer than a test may take, so that no call ends because its time is over. */
const patient = { commitTimeoutMs: 120_000, readTimeoutMs: 120_000 }
const impatient = { commitTimeoutMs: 1500, readTimeoutMs: 1000 }

let proxy: TcpProxy
let store: Store
let database: string

const open = (timeouts = patient) => openSpannerStore({ database, ...timeouts, emulator: true })

beforeAll(async () => {
  database = await freshDatabaseName()
  const tables = [itemsTable, counterTable]
  await applySchema({ database, tables, emulator: true })
  proxy = await openTcpProxy(await spannerHost())
  process.env['SPANNER_EMULATOR_HOST'] = proxy.host
  store = await open()
})
beforeEach(async () => {
  proxy.behave('pass')
  await expect.poll(() => put(store, itemsTable, item('a')).then(() => 'works')).toBe('works')
})
afterAll(async () => {
  await store.close()
  await proxy.close()
})

const guard = { table: itemsTable, key: ['a'] }

const calls: readonly { name: string; call: (store: Store) => Promise<unknown> }[] = [
  { name: 'a blind commit', call: (store) => put(store, itemsTable, item('a')) },
  { name: 'a guarded commit', call: (store) => look(store, guard) },
  { name: 'a read', call: (store) => readItem(store, 'a', 'id') },
  {
    name: 'a list',
    call: (store) =>
      store.list(
        { table: itemsTable, columns: ['id'], equals: {}, order: ['id'], limit: 1 },
        { kind: 'strong' }
      )
  },
  { name: 'a comparison', call: (store) => store.verify([itemsTable]) }
]

const unavailable = { name: 'Failure', code: 'STORE_UNAVAILABLE' }

describe.each(calls)('$name', ({ call }) => {
  test('is unavailable at once, and idle, while connections break', async () => {
    proxy.behave('break')
    const cpu = process.cpuUsage()
    for (let round = 0; round < 5; round++) {
      await expect(call(store)).rejects.toMatchObject(unavailable)
    }
    const { user, system } = process.cpuUsage(cpu)
    expect((user + system) / 1000).toBeLessThan(1000)
  })

  test('is unavailable within its time while nothing answers', async () => {
    const hasty = await open(impatient)
    onTestFinished(() => hasty.close())
    proxy.behave('swallow')
    await expect(call(hasty)).rejects.toMatchObject(unavailable)
  })

  test('works again as soon as Spanner does', async () => {
    proxy.behave('break')
    await expect(call(store)).rejects.toMatchObject(unavailable)
    proxy.behave('pass')
    await expect.poll(() => call(store).then(() => 'works')).toBe('works')
  })
})

describe('a Spanner that does not answer at the start', () => {
  test('does not stop the start, and is found when it is back', async () => {
    proxy.behave('break')
    const late = await open()
    await expect(late.verify([itemsTable])).rejects.toMatchObject(unavailable)
    proxy.behave('pass')
    await expect.poll(() => late.verify([itemsTable])).toEqual([])
    await late.close()
  })

  test('does not keep a close waiting', async () => {
    proxy.behave('swallow')
    const late = await open(impatient)
    await late.close()
  })
})
