import { Spanner } from '@google-cloud/spanner'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { createSpannerDatabase, freshDatabaseName, spannerHost } from './spanner-database.ts'
import { counterTable, itemsTable } from './tables.ts'
import { openTcpProxy } from './tcp-proxy.ts'
import { item, put, readItem } from './writes.ts'

/** Long, because a store opens without having checked a database that doesn't answer in time. */
const settings = { commitTimeoutMs: 30_000, readTimeoutMs: 30_000, emulator: true }

/** The bare client, to do what the store never does. */
let client: Spanner | undefined
const bare = () => {
  client ??= new Spanner({
    projectId: 'landfall-test',
    disableBuiltInMetrics: true,
    clientOptions: { universeDomain: 'googleapis.com' }
  })
  return client
}
const bareDatabase = (name: string) => {
  const { instance, database } = parseDatabaseName(name)
  return bare().instance(instance).database(database)
}
afterAll(async () => client?.close())

async function openItems() {
  const { name } = await createSpannerDatabase([itemsTable, counterTable])
  const store = await openSpannerStore({ database: name, ...settings })
  onTestFinished(() => store.close())
  return { name, store }
}

describe('opening', () => {
  async function createPostgresDatabase(): Promise<string> {
    await createSpannerDatabase([])
    const database = await freshDatabaseName()
    const { instance, database: name } = parseDatabaseName(database)
    const [operation] = await bare()
      .getDatabaseAdminClient()
      .createDatabase({
        parent: `projects/landfall-test/instances/${instance}`,
        createStatement: `CREATE DATABASE "${name}"`,
        databaseDialect: 'POSTGRESQL'
      })
    await operation.promise()
    return database
  }

  const unsupported = (database: string) => ({
    code: 'DATABASE_UNSUPPORTED',
    message: `${database} has the PostgreSQL dialect; Landfall needs GoogleSQL.`
  })

  test('refuses a database with the PostgreSQL dialect', async () => {
    const database = await createPostgresDatabase()
    const opened = openSpannerStore({ database, ...settings })
    await expect(opened).rejects.toMatchObject(unsupported(database))
  })

  test('refuses it in the first comparison when Spanner did not answer at the start', async () => {
    const database = await createPostgresDatabase()
    const proxy = await openTcpProxy(await spannerHost())
    onTestFinished(proxy.close)
    process.env['SPANNER_EMULATOR_HOST'] = proxy.host
    proxy.behave('break')
    const store = await openSpannerStore({ database, ...settings })
    onTestFinished(() => store.close())
    await expect(store.verify([])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    proxy.behave('pass')
    const refused = () => store.verify([]).catch((error: unknown) => error)
    await expect.poll(refused).toMatchObject(unsupported(database))
    await expect(store.verify([])).rejects.toMatchObject(unsupported(database))
  })

  test('refuses a database or an instance that is not there', async () => {
    const database = await freshDatabaseName()
    for (const missing of [database, database.replace(/instances\/[^/]+/, 'instances/nowhere')]) {
      await expect(openSpannerStore({ database: missing, ...settings })).rejects.toMatchObject({
        code: 'DATABASE_UNSUPPORTED',
        message: expect.stringContaining(`There is no ${missing}.`)
      })
    }
  })

  test('refuses what is not the name of a database', async () => {
    await expect(openSpannerStore({ database: 'items', ...settings })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('projects/PROJECT/instances/INSTANCE/databases/DATABASE')
    })
  })
})

describe('an open store', () => {
  test('takes new sessions when Spanner has lost the old ones', async () => {
    const { name, store } = await openItems()
    await put(store, itemsTable, item('a'))
    const other = bareDatabase(name)
    const [sessions] = await other.getSessions()
    await Promise.all(sessions.map((session) => session.delete()))
    await expect(readItem(store, 'a', 'id')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(put(store, itemsTable, item('b'))).resolves.toBeDefined()
    expect(await readItem(store, 'a', 'id')).toEqual({ id: 'a' })
    await other.close()
  })

  test('calls it a fault of the deployment when its database is dropped', async () => {
    const { name, store } = await openItems()
    await bare().getDatabaseAdminClient().dropDatabase({ database: name })
    const commit = () => put(store, itemsTable, item('a'))
    await expect(commit()).rejects.toMatchObject({ name: 'Failure' })
    await expect(commit()).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining('Database not found')
    })
  })
})
