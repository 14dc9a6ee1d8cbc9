import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import { indexKey, type Row } from './rows.ts'
import type { Index, Schema, Table } from './schema.ts'

interface Change {
  readonly id: string
  readonly table: Table
  readonly before: Row | undefined
  readonly after: Row | undefined
}

type Stored = (table: Table) => readonly { readonly id: string; readonly row: Row }[]

export interface UniqueIndexes {
  /** Replace the entries of rows, all or none. @throws a refusal, ALREADY_EXISTS */
  replace(changes: readonly Change[]): void
  /** Build indexes that are new and forget those that are gone. @throws a refusal */
  follow(schema: Schema, stored: Stored): void
}

/** Which row has each entry of an index. */
type Owners = Map<string, string>

/** Keep the unique indexes of a database. */
export function createUniqueIndexes(): UniqueIndexes {
  const indexes = new Map<string, Owners>()
  return {
    replace(changes) {
      const affected = uniqueIndexesOf(changes.map(({ table }) => table)).flatMap((unique) => {
        const owners = indexes.get(unique.index.name)
        const own = changes.filter(({ table }) => table.name === unique.table.name)
        return owners ? [{ index: unique.index, owners, own }] : []
      })
      for (const { index, owners, own } of affected) check(index, owners, own)
      for (const { index, owners, own } of affected) swap(index, owners, own)
    },
    follow(schema, stored) {
      const wanted = uniqueIndexesOf(schema)
      for (const { table, index } of wanted) {
        if (!indexes.has(index.name)) indexes.set(index.name, build(index, stored(table)))
      }
      for (const name of indexes.keys()) {
        if (!wanted.some(({ index }) => index.name === name)) indexes.delete(name)
      }
    }
  }
}

function check(index: Index, owners: Owners, changes: readonly Change[]): void {
  const changing = new Set(changes.map(({ id }) => id))
  const entries = new Set<string>()
  for (const { after } of changes) {
    const entry = entryOf(index, after)
    if (entry === undefined) continue
    const owner = owners.get(entry)
    if ((owner !== undefined && !changing.has(owner)) || entries.has(entry)) {
      const detail = `UNIQUE violation on index ${index.name},  duplicate key: {${entry}}`
      throw refusal(status.ALREADY_EXISTS, detail)
    }
    entries.add(entry)
  }
}

function swap(index: Index, owners: Owners, changes: readonly Change[]): void {
  for (const { before } of changes) owners.delete(entryOf(index, before) ?? '')
  for (const { id, after } of changes) {
    const entry = entryOf(index, after)
    if (entry !== undefined) owners.set(entry, id)
  }
}

function build(index: Index, rows: ReturnType<Stored>): Owners {
  const owners: Owners = new Map()
  for (const { id, row } of rows) {
    const entry = entryOf(index, row)
    if (entry === undefined) continue
    if (owners.has(entry)) {
      const detail = `Found uniqueness violation on index ${index.name},  duplicate key: {${entry}}`
      throw refusal(status.FAILED_PRECONDITION, detail)
    }
    owners.set(entry, id)
  }
  return owners
}

function uniqueIndexesOf(tables: readonly Table[]) {
  const each = new Map(tables.map((table) => [table.name, table]))
  return [...each.values()].flatMap((table) =>
    table.indexes.filter(({ unique }) => unique).map((index) => ({ table, index }))
  )
}

function entryOf(index: Index, row: Row | undefined): string | undefined {
  const key = row && indexKey(index, row)
  return key && JSON.stringify(key)
}
