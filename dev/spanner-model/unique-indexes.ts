import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import { indexKey, type Row } from './rows.ts'
import type { Index, Schema, Table } from './schema.ts'

interface Change {
  readonly id: string
  readonly table: Table
  readonly before: Row | undefined
  readonly after: Row
}

type Stored = (table: Table) => readonly { readonly id: string; readonly row: Row }[]

export interface UniqueIndexes {
  /** Replace the entries of rows, all or none. @throws a refusal, ALREADY_EXISTS */
  replace(changes: readonly Change[]): void
  /** Build indexes that are new and forget those that are gone. @throws a refusal */
  follow(schema: Schema, stored: Stored): void
}

/** Keep the unique indexes of a database: which row has each entry. */
export function createUniqueIndexes(): UniqueIndexes {
  const owners = new Map<string, Map<string, string>>()

  function check(index: Index, changes: readonly Change[]): void {
    const changing = new Set(changes.map(({ id }) => id))
    const entries = new Set<string>()
    for (const { after } of changes) {
      const entry = entryOf(index, after)
      if (entry === undefined) continue
      const owner = owners.get(index.name)?.get(entry)
      const taken = owner !== undefined && !changing.has(owner)
      if (taken || entries.has(entry)) {
        const detail = `UNIQUE violation on index ${index.name},  duplicate key: {${entry}}`
        throw refusal(status.ALREADY_EXISTS, detail)
      }
      entries.add(entry)
    }
  }

  function swap(index: Index, changes: readonly Change[]): void {
    const entries = owners.get(index.name)
    for (const { before } of changes) entries?.delete(entryOf(index, before) ?? '')
    for (const { id, after } of changes) {
      const entry = entryOf(index, after)
      if (entry !== undefined) entries?.set(entry, id)
    }
  }

  function build(index: Index, rows: ReturnType<Stored>): void {
    const entries = new Map<string, string>()
    for (const { id, row } of rows) {
      const entry = entryOf(index, row)
      if (entry === undefined) continue
      if (entries.has(entry)) {
        const detail = `Found uniqueness violation on index ${index.name},  duplicate key: {${entry}}`
        throw refusal(status.FAILED_PRECONDITION, detail)
      }
      entries.set(entry, id)
    }
    owners.set(index.name, entries)
  }

  return {
    replace(changes) {
      const byIndex = uniqueIndexesOf(changes.map(({ table }) => table)).map(
        ({ index, table }) => ({
          index,
          own: changes.filter((change) => change.table.name === table.name)
        })
      )
      for (const { index, own } of byIndex) check(index, own)
      for (const { index, own } of byIndex) swap(index, own)
    },
    follow(schema, stored) {
      const wanted = uniqueIndexesOf(schema)
      for (const { table, index } of wanted)
        if (!owners.has(index.name)) build(index, stored(table))
      for (const name of owners.keys())
        if (!wanted.some(({ index }) => index.name === name)) owners.delete(name)
    }
  }
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
