import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readContracts } from '../../src/read-schemas.ts'
import { applySchema, diffSchema } from '../../src/store/spanner/apply.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { type Column, columnOf, type Index, type Table } from '../../src/store/table.ts'
import { COMMIT_TIMESTAMP } from '../../src/values/value.ts'
import { bareSpanner } from './bare-spanner.ts'
import { createSpannerDatabase, freshDatabaseName } from './spanner-database.ts'
import { counterTable, itemsTable, logTable } from './tables.ts'
import { item, put, readItem, type WrittenRow } from './writes.ts'

const apply = (database: string, ...tables: readonly Table[]) =>
  applySchema({ database, tables, emulator: true })

const diff = async (database: string, ...tables: readonly Table[]) =>
  (await diffSchema({ database, tables, emulator: true })).map(({ kind }) => kind)

const firstLines = (statements: readonly string[]) =>
  statements.map((statement) => statement.split(' (')[0]?.trim())

async function open(database: string) {
  const timeouts = { commitTimeoutMs: 5000, readTimeoutMs: 5000 }
  const store = await openSpannerStore({ database, emulator: true, ...timeouts })
  onTestFinished(() => store.close())
  return store
}

const without = (table: Table, ...names: readonly string[]): Table => ({
  ...table,
  columns: table.columns.filter(({ name }) => !names.includes(name)),
  indexes: table.indexes.map((index) => ({
    ...index,
    storing: index.storing.filter((name) => !names.includes(name))
  }))
})

const withColumn = (table: Table, name: string, change: Partial<Column>): Table => ({
  ...table,
  columns: table.columns.map((one) => (one.name === name ? { ...one, ...change } : one))
})

const withIndex = (table: Table, name: string, change: Partial<Index>): Table => ({
  ...table,
  indexes: table.indexes.map((one) => (one.name === name ? { ...one, ...change } : one))
})

const text = (length: number) => ({ scalar: 'STRING', array: false, length }) as const

describe('the shipped collections', () => {
  /** What each shipped table might have been in the first release; the others were not there. */
  const older: Readonly<Record<string, (table: Table) => Table>> = {
    items: (items) => {
      const { ttl: _, ...kept } = without(items, 'price')
      return withColumn(kept, 'value', { type: text(8) })
    },
    orders: (orders) => ({
      ...withColumn(without(orders, 'carrier', 'tracking_number'), 'shipped_at', { notNull: true }),
      indexes: orders.indexes.filter(({ name }) => name !== 'orders_by_status')
    }),
    order_lines: (lines) => ({
      ...withColumn(lines, 'deleted_at', { commitTimestamp: false }),
      ttl: { column: 'deleted_at', days: 7 }
    }),
    order_events: (events) => events
  }

  async function olderDatabase() {
    const { tables } = await readContracts('schemas')
    const name = await freshDatabaseName()
    const first = tables.flatMap((table) => older[table.name]?.(table) ?? [])
    await apply(name, ...first)
    const table = (wanted: string) => {
      const found = tables.find((one) => one.name === wanted)
      if (!found) throw new Error(`no collection ${wanted}`)
      return found
    }
    return { name, tables, table }
  }

  test('are reached from an older shape by statements that are all additive', async () => {
    const { name, tables } = await olderDatabase()
    const missing = tables.filter((table) => !older[table.name]).map(() => 'table-missing')
    const kinds = await diff(name, ...tables)
    expect(kinds.toSorted()).toEqual(
      [
        ...missing,
        'column-missing',
        'column-short',
        'ttl-missing',
        'stored-missing',
        'column-missing',
        'column-missing',
        'column-required',
        'index-missing',
        'column-commit-timestamp',
        'ttl-short'
      ].toSorted()
    )
    const statements = await apply(name, ...tables)
    expect(firstLines(statements)).toEqual(
      expect.arrayContaining([
        'ALTER TABLE `items` ADD COLUMN `price` NUMERIC',
        'ALTER TABLE `items` ALTER COLUMN `value` STRING(MAX)',
        'ALTER TABLE `items` ADD ROW DELETION POLICY',
        'ALTER INDEX `items_by_value` ADD STORED COLUMN `price`',
        'CREATE INDEX `orders_by_status` ON `orders`',
        'ALTER TABLE `order_lines` REPLACE ROW DELETION POLICY',
        'CREATE TABLE `dead_letters`'
      ])
    )
    expect(await diff(name, ...tables)).toEqual([])
    expect(await apply(name, ...tables)).toEqual([])
  })

  test('are the same after that as in a database that was empty', async () => {
    const { name, tables } = await olderDatabase()
    await apply(name, ...tables)
    const fresh = await freshDatabaseName()
    await apply(fresh, ...tables)
    // Columns that came later are the last ones, so what is compared are the words.
    const words = async (database: string) => {
      const bare = bareSpanner(database)
      onTestFinished(bare.close)
      return (await bare.schema()).replaceAll(/[(),]/g, ' ').split(/\s+/).toSorted()
    }
    expect(await words(name)).toEqual(await words(fresh))
  })

  test('keep the rows that were there, and take new ones into what was added', async () => {
    const { name, tables, table } = await olderDatabase()
    const store = await open(name)
    const row = (id: string, columns: WrittenRow): WrittenRow => ({
      id,
      ...columns,
      event_version: '2026-11-01T10:00:00.000000000Z',
      event_key: id.padEnd(32, '0'),
      committed_at: COMMIT_TIMESTAMP
    })
    await put(store, table('items'), row('a', { value: 'kept' }))
    expect((await store.verify(tables)).length).toBeGreaterThan(5)
    await apply(name, ...tables)
    expect(await store.verify(tables)).toEqual([])
    await put(store, table('items'), row('b', { value: 'longer than eight', price: '1.5' }))
    await put(store, table('items'), { ...row('c', {}), deleted_at: COMMIT_TIMESTAMP })
    const read = (id: string) =>
      store.read(table('items'), [id], ['value', 'price'], { kind: 'strong' })
    expect(await read('a')).toEqual({ value: 'kept', price: null })
    expect(await read('b')).toEqual({ value: 'longer than eight', price: '1.5' })
    expect(await read('c')).toEqual({ value: null, price: null })
  })
})

describe('applySchema', () => {
  test('creates everything in an empty database, and nothing the second time', async () => {
    const database = await freshDatabaseName()
    expect(firstLines(await apply(database, itemsTable, logTable))).toEqual([
      'CREATE TABLE `order`',
      'CREATE INDEX `order_by_price` ON `order`',
      'CREATE INDEX `order_by_rank` ON `order`',
      'CREATE UNIQUE NULL_FILTERED INDEX `order_by_code` ON `order`',
      'CREATE TABLE `log`'
    ])
    expect(await apply(database, itemsTable, logTable)).toEqual([])
  })

  test('makes good every difference of a column by one statement', async () => {
    const older = withColumn({ ...itemsTable, indexes: [] }, 'value', {
      type: text(3),
      notNull: true
    })
    const { name } = await createSpannerDatabase([older])
    const newer = { ...itemsTable, indexes: [] }
    expect(await diff(name, newer)).toEqual(['column-short', 'column-required'])
    expect(await apply(name, newer)).toEqual(['ALTER TABLE `order` ALTER COLUMN `value` STRING(4)'])
    expect(await diff(name, newer)).toEqual([])
  })

  test('lengthens keys and the elements of arrays, and keeps what is NOT NULL', async () => {
    const list = (length: number): Column => ({
      name: 'tags',
      type: { ...text(length), array: true },
      notNull: true
    })
    const older = withColumn(logTable, 'topic', { type: text(8) })
    const { name } = await createSpannerDatabase([
      { ...older, columns: [...older.columns, list(4)] }
    ])
    const newer = { ...logTable, columns: [...logTable.columns, list(5)] }
    expect(await apply(name, newer)).toEqual([
      'ALTER TABLE `log` ALTER COLUMN `topic` STRING(32) NOT NULL',
      'ALTER TABLE `log` ALTER COLUMN `tags` ARRAY<STRING(5)> NOT NULL'
    ])
    expect(await diff(name, newer)).toEqual([])
  })

  test('lets times to come into a column that is no commit timestamp', async () => {
    const older = withColumn(itemsTable, 'at', { commitTimestamp: true })
    const { name } = await createSpannerDatabase([older])
    expect(firstLines(await apply(name, itemsTable))).toEqual([
      'ALTER TABLE `order` ALTER COLUMN `at` SET OPTIONS'
    ])
    expect(await diff(name, itemsTable)).toEqual([])
    await put(await open(name), itemsTable, item('a', { at: '2999-01-01T00:00:00.000000000Z' }))
  })

  test('leaves alone what does no harm, and says so', async () => {
    const { name } = await createSpannerDatabase([itemsTable, logTable])
    const bare = bareSpanner(name)
    onTestFinished(bare.close)
    await bare.ddl(
      'CREATE INDEX mine ON `order` (`at`)',
      'ALTER INDEX order_by_rank ADD STORED COLUMN attributes',
      'ALTER TABLE `log` ADD ROW DELETION POLICY (OLDER_THAN(committed_at, INTERVAL 400 DAY))'
    )
    expect(await diff(name, itemsTable, logTable)).toEqual([
      'stored-extra',
      'index-extra',
      'ttl-extra'
    ])
    expect(await apply(name, itemsTable, logTable)).toEqual([])
    expect(await (await open(name)).verify([itemsTable, logTable])).toEqual([])
  })

  test('changes nothing in a dry run, and says what it would', async () => {
    const { name } = await createSpannerDatabase([without(itemsTable, 'attributes')])
    const options = { database: name, tables: [itemsTable], emulator: true, dryRun: true }
    expect(await applySchema(options)).toEqual(['ALTER TABLE `order` ADD COLUMN `attributes` JSON'])
    expect(await diff(name, itemsTable)).toEqual(['column-missing'])
  })

  test('refuses a dry run of a database that is not there', async () => {
    const database = await freshDatabaseName()
    const options = { database, tables: [itemsTable], emulator: true, dryRun: true }
    await expect(applySchema(options)).rejects.toMatchObject({ code: 'DATABASE_UNSUPPORTED' })
    await expect(diff(database)).rejects.toMatchObject({ code: 'DATABASE_UNSUPPORTED' })
  })

  test('says how many statements ran when one fails, and goes on from there', async () => {
    const older = without({ ...itemsTable, indexes: [] }, 'attributes')
    const { name } = await createSpannerDatabase([older])
    const store = await open(name)
    const twice = Buffer.from('tws').toString('base64')
    await put(store, itemsTable, item('a', { code: twice }), item('b', { code: twice }))
    const failed = apply(name, itemsTable, counterTable)
    await expect(failed).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringMatching(/index order_by_code\. 3 of 5 statements ran before it\.$/)
    })
    await put(store, itemsTable, item('b', { code: null }))
    expect(firstLines(await apply(name, itemsTable, counterTable))).toEqual([
      'CREATE UNIQUE NULL_FILTERED INDEX `order_by_code` ON `order`',
      'CREATE TABLE `sales`'
    ])
    expect(await readItem(store, 'a', 'code')).toEqual({ code: twice })
  })
})

interface Refusal {
  readonly name: string
  readonly asked: Table
  /** What somebody did to the database by hand. */
  readonly by?: readonly string[]
  readonly message: RegExp
}

const refusals: readonly Refusal[] = [
  {
    name: 'another type',
    asked: withColumn(itemsTable, 'price', { type: { scalar: 'FLOAT64', array: false } }),
    message: /Column order\.price is NUMERIC, expected FLOAT64\./
  },
  {
    name: 'bytes where text was',
    asked: withColumn(itemsTable, 'value', {
      type: { scalar: 'BYTES', array: false, length: 'MAX' }
    }),
    message: /Column order\.value is STRING\(4\), expected BYTES\(MAX\)\./
  },
  {
    name: 'a required column',
    asked: { ...itemsTable, columns: [...itemsTable.columns, columnOf(counterTable, 'count')] },
    message: /Column order\.count is missing, expected INT64 NOT NULL\./
  },
  {
    name: 'a required column in an index that may be left out now',
    asked: itemsTable,
    by: [
      'DROP INDEX order_by_rank',
      'ALTER TABLE `order` ALTER COLUMN `rank` INT64 NOT NULL',
      'CREATE INDEX order_by_rank ON `order` (`rank`, `at`) STORING (deleted_at)'
    ],
    message: /Column order\.rank is NOT NULL, expected nullable\./
  },
  {
    name: 'a column that becomes required',
    asked: withColumn(itemsTable, 'value', { notNull: true }),
    message: /Column order\.value is nullable, expected NOT NULL\./
  },
  {
    name: 'a column that went, perhaps to another name',
    asked: without(itemsTable, 'attributes'),
    message: /Column order\.attributes is JSON, but no collection declares it\./
  },
  {
    name: 'a column that went but must be filled',
    asked: without({ ...itemsTable, guardColumns: [] }, 'event_version'),
    message: /Column order\.event_version is INT64 NOT NULL, but no collection declares it\./
  },
  {
    name: 'a column that has a default',
    asked: itemsTable,
    by: ['ALTER TABLE `order` ADD COLUMN flag BOOL NOT NULL DEFAULT (false)'],
    message: /Column order\.flag is BOOL NOT NULL, but no collection declares it\./
  },
  {
    name: 'a column that is computed',
    asked: {
      ...itemsTable,
      columns: [...itemsTable.columns, { ...columnOf(itemsTable, 'value'), name: 'copy' }]
    },
    by: ['ALTER TABLE `order` ADD COLUMN copy STRING(4) AS (value) STORED'],
    message: /Column order\.copy is STRING\(4\) AS \(value\), expected STRING\(4\)\./
  },
  {
    name: 'another key',
    asked: { ...withColumn(itemsTable, 'rank', { notNull: true }), primaryKey: ['id', 'rank'] },
    message: /The primary key of table order is \(id\), expected \(id, rank\)\./
  },
  {
    name: 'an index on other columns',
    asked: withIndex(itemsTable, 'order_by_rank', { columns: ['at', 'rank'] }),
    message: /Index order_by_rank on table order is \(rank, at\), expected \(at, rank\)\./
  },
  {
    name: 'an index that becomes unique',
    asked: withIndex(itemsTable, 'order_by_price', { unique: true }),
    message: /is \(price\), expected UNIQUE NULL_FILTERED \(price\)\./
  },
  {
    name: 'an index that somebody made downwards',
    asked: itemsTable,
    by: ['DROP INDEX order_by_rank', 'CREATE INDEX order_by_rank ON `order` (`rank` DESC, `at`)'],
    message: /is \(rank DESC, at\), expected \(rank, at\)\./
  },
  {
    name: 'a unique index in which deleted rows collide',
    asked: itemsTable,
    by: ['DROP INDEX order_by_code', 'CREATE UNIQUE INDEX order_by_code ON `order` (code)'],
    message: /is UNIQUE \(code\), expected UNIQUE NULL_FILTERED \(code\)\./
  },
  {
    name: 'fewer days for deleted rows',
    asked: { ...itemsTable, ttl: { column: 'deleted_at', days: 29 } },
    message: /deleted 30 days after deleted_at, expected 29 days after deleted_at\./
  },
  {
    name: 'days after another column',
    asked: { ...itemsTable, ttl: { column: 'committed_at', days: 60 } },
    message: /deleted 30 days after deleted_at, expected 60 days after committed_at\./
  }
]

describe('what is not additive', () => {
  async function livingDatabase(by: readonly string[]) {
    const { name, open: opened } = await createSpannerDatabase([itemsTable])
    const [bare, store] = [bareSpanner(name), await opened()]
    if (by.length > 0) await bare.ddl(...by)
    await put(store, itemsTable, item('a', { value: 'kept', rank: '1' }))
    const close = () => Promise.all([bare.close(), store.close()])
    return { name, store, close, schema: bare.schema, before: await bare.schema() }
  }

  type Living = Awaited<ReturnType<typeof livingDatabase>>

  async function expectRefusal({ asked, message }: Refusal, database: Living) {
    const { name, store, schema, before } = database
    await expect(apply(name, asked, counterTable)).rejects.toMatchObject({
      code: 'SCHEMA_DRIFT',
      message: expect.stringMatching(message)
    })
    expect(await schema()).toBe(before)
    expect(await readItem(store, 'a', 'value', 'rank')).toEqual({ value: 'kept', rank: '1' })
  }

  describe('as the collections changed', () => {
    let database: Living
    beforeAll(async () => {
      database = await livingDatabase([])
    })
    afterAll(() => database.close())

    test.each(refusals.filter(({ by }) => !by))(
      'is refused with nothing changed: $name',
      (refusal) => expectRefusal(refusal, database)
    )
  })

  test.each(refusals.filter(({ by }) => by))(
    'is refused with nothing changed: $name',
    async (refusal) => {
      const database = await livingDatabase(refusal.by ?? [])
      onTestFinished(async () => {
        await database.close()
      })
      await expectRefusal(refusal, database)
    }
  )
})
