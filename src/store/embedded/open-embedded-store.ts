import { COMMIT_TIMESTAMP, type Row, type Value } from '../../values/value.ts'
import { groupGuards, indexRows } from '../guards.ts'
import { createPage } from '../page.ts'
import { findMismatches } from '../schema/compare.ts'
import { selectSql } from '../select.ts'
import type {
  Committed,
  CurrentRows,
  Decision,
  Guard,
  Mutation,
  RowPage,
  Select,
  Store
} from '../store.ts'
import { columnOf, type Table } from '../table.ts'
import { encodeCell, toCell } from './cell.ts'
import {
  type Connection,
  connect,
  type EmbeddedOptions,
  transaction,
  unlessBusy
} from './connect.ts'
import { storeFailure } from './errors.ts'
import { embeddedTable, readLiveTable } from './schema.ts'
import {
  decodeRow,
  deleteSql,
  type Prepare,
  readSql,
  sqliteDialect,
  upsertSql
} from './statements.ts'

/**
 * Open the store that ships with Node: SQLite, in one file that several processes may share.
 * Missing tables, columns and indexes are created. A commit is on the disk when it resolves. Reads
 * are always of the newest rows, whatever freshness they ask for.
 *
 * @throws {Failure} STORE_UNAVAILABLE when the file cannot be opened or is not a database
 */
export async function openEmbeddedStore(options: EmbeddedOptions): Promise<Store> {
  const connection = translated(() => connect(options))
  const { database } = connection
  return {
    commit: (guards, decide) =>
      unlessBusy(connection.busyTimeoutMs, () => commit(connection, guards, decide)).catch(
        (error: unknown) => {
          throw storeFailure(error)
        }
      ),
    read: async (table, key, columns) => translated(() => read(connection, table, key, columns)),
    list: async (select) => translated(() => list(connection, select)),
    verify: async (tables) =>
      translated(() =>
        tables
          .map(embeddedTable)
          .flatMap((table) => findMismatches(table, readLiveTable(database, table.name)))
      ),
    close: async () => {
      if (database.isOpen) database.close()
    }
  }
}

function translated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storeFailure(error)
  }
}

function commit<T>(
  { database, prepare, clock }: Connection,
  guards: readonly Guard[],
  decide: (current: CurrentRows) => Decision<T>
): Committed<T> {
  return transaction(database, () => {
    const { mutations, result } = decide(readGuards(prepare, guards))
    const commitTimestamp = clock.next()
    for (const mutation of mutations) {
      if (!mutation.deletes) write(prepare, mutation, commitTimestamp)
    }
    for (const { deletes, table, row } of mutations) if (deletes) remove(prepare, table, row)
    return { result, commitTimestamp }
  })
}

function readGuards(prepare: Prepare, guards: readonly Guard[]): CurrentRows {
  return indexRows(
    groupGuards(guards).map(({ table, index, keys, columns }) => {
      const statement = prepare(readSql(table, columns))
      const rows = keys.flatMap((key) => statement.all(...toCells(table, key)))
      return { table, index, rows: rows.map((cells) => decodeRow(table, columns, cells)) }
    })
  )
}

function write(prepare: Prepare, { table, row }: Mutation, commitTimestamp: string): void {
  const columns = Object.keys(row)
  const cells = Object.entries(row).map(([name, value]) =>
    encodeCell(table, columnOf(table, name), value === COMMIT_TIMESTAMP ? commitTimestamp : value)
  )
  prepare(upsertSql(table, columns)).run(...cells)
}

function remove(prepare: Prepare, table: Table, row: Mutation['row']): void {
  const key = table.primaryKey.map((name) =>
    encodeCell(table, columnOf(table, name), keyPart(row, name))
  )
  prepare(deleteSql(table)).run(...key)
}

/** @throws {Error} when it is not a value: a bug, not an input */
function keyPart(row: Mutation['row'], name: string): Value {
  const value = row[name]
  if (value === undefined || value === COMMIT_TIMESTAMP) throw new Error(`the key has no ${name}`)
  return value
}

function read(
  { prepare }: Connection,
  table: Table,
  key: readonly Value[],
  columns: readonly string[]
): Row | undefined {
  const cells = prepare(readSql(table, columns)).get(...toCells(table, key))
  return cells && decodeRow(table, columns, cells)
}

const toCells = (table: Table, key: readonly Value[]) =>
  table.primaryKey.map((name, index) => toCell(columnOf(table, name).type, key[index] ?? null))

function list({ prepare }: Connection, select: Select): RowPage {
  const { sql, params, limit } = selectSql(select, sqliteDialect)
  const cells = params.map(({ column, value }, index) => [
    `p${index + 1}`,
    toCell(column.type, value)
  ])
  const page = createPage(select.limit)
  for (const row of prepare(sql).iterate({ ...Object.fromEntries(cells), limit })) {
    if (!page.add(() => decodeRow(select.table, select.columns, row))) break
  }
  return page.build()
}
