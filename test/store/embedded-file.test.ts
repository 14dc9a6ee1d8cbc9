import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { storeFailure } from '../../src/store/embedded/errors.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import type { Table } from '../../src/store/table.ts'
import { itemsTable, logTable } from './tables.ts'
import { item, look, put, readItem } from './writes.ts'

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'landfall.db')
}

async function open(file: string, tables: readonly Table[] = [itemsTable], now = Date.now) {
  const store = await openEmbeddedStore({ file, tables, now, busyTimeoutMs: 20 })
  onTestFinished(() => store.close())
  return store
}

const without = (...names: readonly string[]): Table => ({
  ...itemsTable,
  columns: itemsTable.columns.filter(({ name }) => !names.includes(name)),
  indexes: []
})

describe('commit timestamps', () => {
  test('are those of the clock, to the microsecond', async () => {
    const store = await open(':memory:', [itemsTable], () => Date.UTC(2026, 10, 1, 10))
    const { commitTimestamp } = await put(store, itemsTable, item('a'))
    expect(commitTimestamp).toBe('2026-11-01T10:00:00.000000000Z')
  })

  test('grow while the clock stands still or goes back, also after a restart', async () => {
    const file = temporaryFile()
    const first = await open(file, [itemsTable], () => Date.UTC(2026, 10, 1, 10))
    await put(first, itemsTable, item('a'))
    const { commitTimestamp: second } = await put(first, itemsTable, item('a'))
    const later = await open(file, [itemsTable], () => Date.UTC(1999, 0, 1))
    const { commitTimestamp: third } = await put(later, itemsTable, item('a'))
    expect([second, third]).toEqual([
      '2026-11-01T10:00:00.000001000Z',
      '2026-11-01T10:00:00.000002000Z'
    ])
  })

  test('are not used up by a commit that failed', async () => {
    const store = await open(':memory:', [itemsTable], () => Date.UTC(2026, 10, 1, 10))
    await expect(put(store, itemsTable, item('a', { value: 'too long' }))).rejects.toThrow()
    const { commitTimestamp } = await put(store, itemsTable, item('a'))
    expect(commitTimestamp).toBe('2026-11-01T10:00:00.000000000Z')
  })
})

describe('opening a file', () => {
  test('adds the tables, columns and indexes that it lacks, and keeps the rows', async () => {
    const file = temporaryFile()
    const before = await open(file, [without('price', 'attributes')])
    await put(before, itemsTable, item('a', { value: 'kept' }))
    const after = await open(file, [itemsTable, logTable])
    expect(await after.verify([itemsTable, logTable])).toEqual([])
    expect(await readItem(after, 'a', 'value', 'price')).toEqual({ value: 'kept', price: null })
  })

  test('leaves to the comparison what the rows do not allow', async () => {
    const file = temporaryFile()
    const before = await open(file, [without('event_version')])
    const { event_version: _, ...row } = item('a')
    await put(before, itemsTable, row)
    const after = await open(file)
    expect(await after.verify([itemsTable])).toEqual([
      { table: 'order', message: 'Column order.event_version is missing, expected INT64 NOT NULL.' }
    ])
  })

  test('says which file it is when it cannot', async () => {
    const file = join(temporaryFile(), 'x')
    writeFileSync(join(file, '..'), 'a file where the folder should be')
    await expect(openEmbeddedStore({ file, tables: [] })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(file)
    })
  })

  test('refuses a file that is no database', async () => {
    const file = temporaryFile()
    writeFileSync(file, 'not a database'.repeat(1000))
    await expect(openEmbeddedStore({ file, tables: [] })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE'
    })
  })
})

describe('a file in use', () => {
  test('is contended while another process writes, and read all the same', async () => {
    const file = temporaryFile()
    const store = await open(file)
    await put(store, itemsTable, item('a', { value: 'old' }))
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(put(store, itemsTable, item('a'))).rejects.toMatchObject({
      code: 'STORE_CONTENDED'
    })
    expect(await readItem(store, 'a', 'value')).toEqual({ value: 'old' })
    other.exec('ROLLBACK')
    other.close()
    await expect(put(store, itemsTable, item('a'))).resolves.toBeDefined()
  })

  test('is synchronous with the disk, and logs ahead', async () => {
    const file = temporaryFile()
    await open(file)
    const other = new DatabaseSync(file)
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    other.close()
  })
})

test('waits for another process that writes, and other work goes on meanwhile', async () => {
  const file = temporaryFile()
  const store = await openEmbeddedStore({ file, tables: [itemsTable] })
  onTestFinished(() => store.close())
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const waiting = put(store, itemsTable, item('a'))
  // Only where the thread is free does this run before the commit has failed.
  await new Promise((resolve) => setTimeout(resolve, 20))
  other.exec('COMMIT')
  await waiting
  expect(await readItem(store, 'a', 'id')).toEqual({ id: 'a' })
})

test('gives up when another process keeps the file', async () => {
  const file = temporaryFile()
  const store = await open(file)
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  await expect(put(store, itemsTable, item('a'))).rejects.toMatchObject({ code: 'STORE_CONTENDED' })
})

test('is unavailable once it is closed, and closes twice', async () => {
  const store = await open(':memory:')
  await store.close()
  await store.close()
  const closed = { name: 'Failure', code: 'STORE_UNAVAILABLE' }
  await expect(put(store, itemsTable, item('a'))).rejects.toMatchObject(closed)
  await expect(look(store, { table: itemsTable, key: ['a'] })).rejects.toMatchObject(closed)
  await expect(readItem(store, 'a', 'id')).rejects.toMatchObject(closed)
  await expect(store.verify([itemsTable])).rejects.toMatchObject(closed)
})

test('goes through more statements than it keeps prepared', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `c${index}`)
  const type = { scalar: 'INT64', array: false } as const
  const columns = names.map((name) => ({ name, type, notNull: false }))
  const wide: Table = {
    ...logTable,
    name: 'wide',
    columns: [...logTable.columns.slice(0, 1), ...columns],
    primaryKey: ['topic']
  }
  const store = await open(':memory:', [wide])
  for (let round = 0; round < 600; round++) {
    const chosen = names.filter((_, bit) => round & (1 << bit)).map((name) => [name, String(round)])
    await put(store, wide, { topic: 't', ...Object.fromEntries(chosen) })
  }
  const row = await store.read(wide, ['t'], ['c0', 'c9'], { kind: 'strong' })
  expect(row).toEqual({ c0: '599', c9: '599' })
})

describe('storeFailure', () => {
  const sqlite = (errcode: number, message = 'x') =>
    Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })

  test.each([
    ['SQLITE_BUSY', sqlite(5), 'STORE_CONTENDED'],
    ['SQLITE_BUSY_SNAPSHOT', sqlite(517), 'STORE_CONTENDED'],
    ['SQLITE_READONLY', sqlite(8), 'STORE_UNAVAILABLE'],
    ['SQLITE_IOERR_FSYNC', sqlite(1034), 'STORE_UNAVAILABLE'],
    ['SQLITE_FULL', sqlite(13), 'STORE_UNAVAILABLE'],
    ['SQLITE_CONSTRAINT_UNIQUE', sqlite(2067), 'STORE_REFUSED'],
    ['SQLITE_TOOBIG', sqlite(18), 'STORE_REFUSED'],
    ['a missing table', sqlite(1, 'no such table: t'), 'STORE_MISCONFIGURED'],
    ['a missing column', sqlite(1, 'table t has no column named c'), 'STORE_MISCONFIGURED'],
    ['another error of SQL', sqlite(1, 'near "x": syntax error'), 'STORE_INTERNAL']
  ])('translates %s', (_, error, code) => {
    expect(storeFailure(error)).toMatchObject({ name: 'Failure', code, cause: error })
  })

  test('keeps what SQLite did not throw', () => {
    const bug = new TypeError('x')
    expect(storeFailure(bug)).toBe(bug)
  })
})
