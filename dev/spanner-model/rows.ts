import type { Index, Schema, Table } from './schema.ts'
import { createUniqueIndexes } from './unique-indexes.ts'
import type { Value } from './values.ts'

/** Values by column; a column without one is NULL. */
export type Row = ReadonlyMap<string, Value>

/** A row to write, with the table that it is of. */
export interface WrittenRow {
  readonly table: Table
  readonly row: Row
}

export interface Rows {
  /** Read a row as it was at a time. */
  get(table: Table, id: string, at: bigint): Row | undefined
  /** Read all rows of a table as they were at a time, in no order. */
  all(table: Table, at: bigint): readonly Row[]
  /** Write rows by their ids, all or none. @throws a refusal, ALREADY_EXISTS */
  write(written: ReadonlyMap<string, WrittenRow>, at: bigint): void
  /** Build the unique indexes of a schema that are new. @throws a refusal, FAILED_PRECONDITION */
  follow(schema: Schema): void
}

interface Version {
  readonly at: bigint
  readonly row: Row
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
    get: (table, id, at) =>
      versionsOf(table)
        .get(id)
        ?.findLast((one) => one.at <= at)?.row,
    all: (table, at) =>
      [...versionsOf(table).values()].flatMap(
        (versions) => versions.findLast((one) => one.at <= at)?.row ?? []
      ),
    write(written, at) {
      const changes = [...written].map(([id, { table, row }]) => {
        const before = newest(table, id)
        return { id, table, before, after: new Map([...(before ?? []), ...row]) }
      })
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

/** Name a row by its table and its key. */
export const rowId = ({ name }: Table, key: readonly Value[]): string =>
  JSON.stringify([name, ...key])

/** The columns of a row that an index starts with; undefined where the row isn't in the index. */
export function indexKey({ columns, nullFiltered }: Index, row: Row): readonly Value[] | undefined {
  const key = columns.map(({ column }) => row.get(column) ?? null)
  return nullFiltered && key.includes(null) ? undefined : key
}
