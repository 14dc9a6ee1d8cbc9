import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Store } from '../../src/store/store.ts'
import { freshDatabaseName, spannerHost } from './spanner-database.ts'
import { counterTable, itemsTable } from './tables.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { item, look, put, readItem } from './writes.ts'

const commitTimeoutMs = 1500
const readTimeoutMs = 1000

let proxy: TcpProxy
let store: Store
let database: string

const open = () => openSpannerStore({ database, commitTimeoutMs, readTimeoutMs, emulator: true })

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

const calls = [
  { name: 'a blind commit', call: () => put(store, itemsTable, item('a')) },
  { name: 'a guarded commit', call: () => look(store, guard) },
  { name: 'a read', call: () => readItem(store, 'a', 'id') },
  {
    name: 'a list',
    call: () =>
      store.list(
        { table: itemsTable, columns: ['id'], equals: {}, order: ['id'], limit: 1 },
        { kind: 'strong' }
      )
  },
  { name: 'a comparison', call: () => store.verify([itemsTable]) }
]

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const unavailable = { name: 'Failure', code: 'STORE_UNAVAILABLE' }

describe.each(calls)('$name', ({ call }) => {
  it('is unavailable at once, and idle, while connections break', async () => {
    proxy.behave('break')
    const cpu = process.cpuUsage()
    const took = await timed(async () => {
      for (let round = 0; round < 5; round++)
        await expect(call()).rejects.toMatchObject(unavailable)
    })
    const { user, system } = process.cpuUsage(cpu)
    expect((user + system) / 1000).toBeLessThan(1000)
    expect(took).toBeLessThan(1500)
  })

  it('is unavailable within its time while nothing answers', async () => {
    proxy.behave('swallow')
    const took = await timed(() => expect(call()).rejects.toMatchObject(unavailable))
    expect(took).toBeLessThan(commitTimeoutMs + 500)
  })

  it('works again by itself within two seconds', async () => {
    proxy.behave('break')
    await expect(call()).rejects.toMatchObject(unavailable)
    proxy.behave('pass')
    await expect.poll(() => call().then(() => 'works'), { timeout: 2000 }).toBe('works')
  })
})

describe('a Spanner that does not answer at the start', () => {
  it('does not stop the start, and is found when it is back', async () => {
    proxy.behave('break')
    const late = await open()
    await expect(late.verify([itemsTable])).rejects.toMatchObject(unavailable)
    proxy.behave('pass')
    await expect.poll(() => late.verify([itemsTable]), { timeout: 2000 }).toEqual([])
    await late.close()
  })

  it('does not keep a close waiting', async () => {
    proxy.behave('swallow')
    const late = await open()
    expect(await timed(() => late.close())).toBeLessThan(2000)
  })
})
