import { Spanner } from '@google-cloud/spanner'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { createSpannerDatabase, freshDatabaseName } from './spanner-database.ts'
import { counterTable, itemsTable, logTable } from './tables.ts'
import { item, put, readItem } from './writes.ts'

const settings = { commitTimeoutMs: 1000, readTimeoutMs: 2000, emulator: true }

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
const bareDatabase = (name: string) =>
  bare().instance('test').database(parseDatabaseName(name).database)
afterAll(async () => client?.close())

async function openItems() {
  const { name } = await createSpannerDatabase([itemsTable, counterTable])
  const store = await openSpannerStore({ database: name, ...settings })
  onTestFinished(() => store.close())
  return { name, store }
}

describe('opening', () => {
  it('refuses a database of PostgreSQL dialect', async () => {
    await createSpannerDatabase([])
    const database = freshDatabaseName()
    const [operation] = await bare()
      .getDatabaseAdminClient()
      .createDatabase({
        parent: 'projects/landfall-test/instances/test',
        createStatement: `CREATE DATABASE "${parseDatabaseName(database).database}"`,
        databaseDialect: 'POSTGRESQL'
      })
    await operation.promise()
    await expect(openSpannerStore({ database, ...settings })).rejects.toMatchObject({
      code: 'DATABASE_UNSUPPORTED',
      message: `${database} is of PostgreSQL dialect; Landfall needs GoogleSQL.`
    })
  })

  it('refuses a database or an instance that is not there', async () => {
    const database = freshDatabaseName()
    for (const missing of [database, database.replace('/test/', '/nowhere/')]) {
      await expect(openSpannerStore({ database: missing, ...settings })).rejects.toMatchObject({
        code: 'DATABASE_UNSUPPORTED',
        message: expect.stringContaining(`There is no ${missing}.`)
      })
    }
  })

  it('refuses what is not the name of a database', async () => {
    await expect(openSpannerStore({ database: 'items', ...settings })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('projects/PROJECT/instances/INSTANCE/databases/DATABASE')
    })
  })
})

describe('an open store', () => {
  it('takes new sessions when Spanner has lost the old ones', async () => {
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

  it('calls it a fault of the deployment when its database is dropped', async () => {
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

describe('applySchema', () => {
  const apply = (database: string, ...tables: (typeof itemsTable)[]) =>
    applySchema({ database, tables, emulator: true })
  const names = (statements: readonly string[]) =>
    statements.map((statement) => statement.split('(')[0]?.trim())

  it('creates everything in an empty database, and nothing the second time', async () => {
    const database = freshDatabaseName()
    expect(names(await apply(database, itemsTable, logTable))).toEqual([
      'CREATE TABLE `order`',
      'CREATE INDEX `order_by_price` ON `order`',
      'CREATE INDEX `order_by_rank` ON `order`',
      'CREATE UNIQUE NULL_FILTERED INDEX `order_by_code` ON `order`',
      'CREATE TABLE `log`'
    ])
    expect(await apply(database, itemsTable, logTable)).toEqual([])
  })

  it('creates only the tables and indexes that are missing', async () => {
    const database = freshDatabaseName()
    await apply(database, { ...itemsTable, indexes: itemsTable.indexes.slice(1) })
    expect(names(await apply(database, itemsTable, counterTable))).toEqual([
      'CREATE INDEX `order_by_price` ON `order`',
      'CREATE TABLE `sales`'
    ])
  })

  it('changes no table that is there, and says what differs', async () => {
    const database = freshDatabaseName()
    const columns = itemsTable.columns.filter(({ name }) => name !== 'attributes')
    await apply(database, { ...itemsTable, columns })
    await expect(apply(database, itemsTable, counterTable)).rejects.toMatchObject({
      code: 'SCHEMA_DRIFT',
      message: 'Column order.attributes is missing, expected JSON.'
    })
    const store = await openSpannerStore({ database, ...settings })
    onTestFinished(() => store.close())
    expect(await store.verify([counterTable])).toHaveLength(1)
  })
})
