import type { Reason } from '../failures.ts'
import type { RowId, RowRef, Write } from '../plan.ts'
import type { Guard } from '../store/store.ts'
import { type Index, oncePerTable, type Table } from '../store/table.ts'
import { COMMIT_TIMESTAMP, type Value, type WrittenRow } from '../values/value.ts'

/** Values of the columns of a unique index, none of them NULL, which one row may have. */
export interface Entry {
  readonly table: Table
  readonly index: Index
  readonly values: readonly Value[]
}

/** The name of an entry among those of all indexes. */
export const entryId = ({ index, values }: Entry): string =>
  `${index.name} ${JSON.stringify(values)}`

const uniqueIndexes = oncePerTable(({ indexes }) => indexes.filter(({ unique }) => unique))

const noEntries: readonly Entry[] = []

/** Name the entries that a write asks for, as far as its own values tell. */
export function entriesOf(write: Write): readonly Entry[] {
  const indexes = uniqueIndexes(write.table)
  if (indexes.length === 0) return noEntries
  const values = 'values' in write ? write.values : {}
  return indexes.flatMap((index) => entryOf(write, index, values) ?? [])
}

export const guardOf = ({ table, index, values }: Entry): Guard => ({ table, key: values, index })

/** The entries that a change of a row gives up and takes; undefined where there is none. */
export interface EntryChange {
  readonly before: Entry | undefined
  readonly after: Entry | undefined
}

const noChanges: readonly EntryChange[] = []

/** Compare the entries of a row before and after some of its columns change. */
export function entryChanges(
  ref: RowRef,
  rows: Pick<Entries, 'get'>,
  changes: WrittenRow
): readonly EntryChange[] {
  const indexes = uniqueIndexes(ref.table)
  if (indexes.length === 0) return noChanges
  const row = rows.get(ref)
  return indexes.map((index) => ({
    before: row && entryOf(ref, index, row),
    after: entryOf(ref, index, { ...row, ...changes })
  }))
}

/** A NULL, or a value that is not known, makes no entry. */
function entryOf(
  { table, key }: Pick<RowRef, 'table' | 'key'>,
  index: Index,
  row: WrittenRow
): Entry | undefined {
  const values: Value[] = []
  for (const name of index.columns) {
    const place = table.primaryKey.indexOf(name)
    const value = place === -1 ? row[name] : key[place]
    if (value === undefined || value === null || value === COMMIT_TIMESTAMP) return undefined
    values.push(value)
  }
  return { table, index, values }
}

/** The rows of a transaction, and which of them has an entry. */
export interface Entries {
  get(ref: RowRef): WrittenRow | undefined
  /** Return the row that has an entry, if the entry is guarded or was changed. */
  holder(entry: Entry): RowId | undefined
}

/** A row and what changes of it. */
export interface Change {
  readonly ref: RowRef
  readonly changes: WrittenRow
}

/**
 * Return why the changes of one event cannot be made: another row has an entry that one of them
 * takes. What the event itself gives up is free.
 */
export function findTaken(changes: readonly Change[], rows: Entries): Reason | undefined {
  if (changes.every(({ ref }) => uniqueIndexes(ref.table).length === 0)) return undefined
  const moves = changes.flatMap(({ ref, changes }) =>
    entryChanges(ref, rows, changes).map((move) => ({ ...move, row: ref.row }))
  )
  const holders = new Map<string, RowId | undefined>()
  for (const { before } of moves) if (before) holders.set(entryId(before), undefined)

  function take(entry: Entry, row: RowId): boolean {
    const id = entryId(entry)
    const holder = holders.has(id) ? holders.get(id) : rows.holder(entry)
    holders.set(id, row)
    return holder === undefined || holder === row
  }

  const refused = moves.find(({ after, row }) => after && !take(after, row))
  return refused?.after && taken(refused.after)
}

const taken = ({ table, index }: Entry): Reason => ({
  code: 'STORE_REFUSED',
  detail: `${table.name}: another row has the values of the unique index ${index.name}`
})
