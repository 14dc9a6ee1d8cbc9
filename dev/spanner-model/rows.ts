import type { Index, Schema, Table } from './schema.ts'
import { createUniqueIndexes } from './unique-indexes.ts'
import type { Value } from './values.ts'

/** Values by column; a column without one is NULL. */
export type Row = ReadonlyMap<string, Value>

/** A row to write, with the table that it is of. */
export interface WrittenRow {
  readonly table: Table
  readonly row: Row
  /** The row goes. */
  readonly deletes?: boolean
  /** Nothing of the row that was there stays. */
  readonly replaces?: boolean
}

export interface Rows {
  /** Read a row as it was at a time. */
  get(table: Table, id: string, at: bigint): Row | undefined
  /** Read all rows of a table as they were at a time, in no order. */
  all(table: Table, at: bigint): readonly Row[]
  /** Return the ids of the rows that have this entry of an index now. */
  find(table: Table, index: Index, values: readonly Value[]): readonly string[]
  /** Write rows by their ids, all or none. @throws a refusal, ALREADY_EXISTS */
  write(written: ReadonlyMap<string, WrittenRow>, at: bigint): void
  /** Build the unique indexes of a schema that are new. @throws a refusal, FAILED_PRECONDITION */
  follow(schema: Schema): void
  /** Name the entries of unique indexes that these rows give up or take. */
  entries(written: ReadonlyMap<string, WrittenRow>): readonly string[]
}

interface Version {
  readonly at: bigint
  /** Undefined where the row was deleted. */
  readonly row: Row | undefined
}

/**
 * How long a version of a row can be read after it was replaced, in microseconds. Spanner keeps it
 * for an hour (https://cloud.google.com/spanner/docs/pitr).
 */
const retention = 60_000_000n

/** Keep the rows of a database in memory, with their earlier versions. */
export function createRows(): Rows {
  const tables = new Map<string, Map<string, readonly Version[]>>()
  const unique = createUniqueIndexes()
  const versionsOf = (table: Table) => tables.get(table.name) ?? new Map<string, Version[]>()
  const newest = (table: Table, id: string) => versionsOf(table).get(id)?.at(-1)?.row

  function keep(table: Table, id: string, version: Version): void {
    const rows = versionsOf(table)
    const before = rows.get(id) ?? []
    const readable = before.filter((_, index) => {
      const replacedAt = before[index + 1]?.at ?? version.at
      return replacedAt > version.at - retention
    })
    rows.set(id, [...readable, version])
    tables.set(table.name, rows)
  }

  return {
    entries: (written) => changesOf(written, newest).flatMap(entriesOf),
    get: (table, id, at) =>
      versionsOf(table)
        .get(id)
        ?.findLast((one) => one.at <= at)?.row,
    all: (table, at) =>
      [...versionsOf(table).values()].flatMap(
        (versions) => versions.findLast((one) => one.at <= at)?.row ?? []
      ),
    find(table, index, values) {
      const wanted = JSON.stringify(values)
      return [...versionsOf(table)].flatMap(([id, versions]) => {
        const row = versions.at(-1)?.row
        return row && JSON.stringify(indexKey(index, row)) === wanted ? [id] : []
      })
    },
    write(written, at) {
      const changes = changesOf(written, newest)
      unique.replace(changes)
      for (const { id, table, after } of changes) keep(table, id, { at, row: after })
    },
    follow: (schema) =>
      unique.follow(schema, (table) =>
        [...versionsOf(table)].flatMap(([id, versions]) => {
          const row = versions.at(-1)?.row
          return row ? [{ id, row }] : []
        })
      )
  }
}

type Newest = (table: Table, id: string) => Row | undefined

/** Say what rows are before and after they are written. */
function changesOf(written: ReadonlyMap<string, WrittenRow>, newest: Newest) {
  return [...written].map(([id, { table, row, deletes, replaces }]) => {
    const before = newest(table, id)
    const kept = replaces ? [] : (before ?? [])
    return { id, table, before, after: deletes ? undefined : new Map([...kept, ...row]) }
  })
}

function entriesOf({ table, before, after }: ReturnType<typeof changesOf>[number]) {
  const indexes = table.indexes.filter(({ unique }) => unique)
  return indexes.flatMap((index) =>
    [before, after].flatMap((row) => {
      const values = row && indexKey(index, row)
      return values ? [entryId(index, values)] : []
    })
  )
}

/** Name a row by its table and its key. */
export const rowId = ({ name }: Table, key: readonly Value[]): string =>
  JSON.stringify([name, ...key])

/** Name an entry of an index, for the locks. */
export const entryId = ({ name }: Index, values: readonly Value[]): string =>
  JSON.stringify([`index ${name}`, ...values])

/** The columns of a row that an index starts with; undefined where the row isn't in the index. */
export function indexKey({ columns, nullFiltered }: Index, row: Row): readonly Value[] | undefined {
  const key = columns.map(({ column }) => row.get(column) ?? null)
  return nullFiltered && key.includes(null) ? undefined : key
}
