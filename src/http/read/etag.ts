import { createHash } from 'node:crypto'
import type { ReadableCollection } from '../../contracts/contracts.ts'
import { managedColumns, type Table } from '../../store/table.ts'
import type { Row } from '../../values/value.ts'

/** The version and the key of the newest write; a late merge changes only the column versions. */
const ofState: readonly string[] = [
  managedColumns.version,
  managedColumns.key,
  managedColumns.columnVersions
]
/** A row of a log never changes. */
const ofLog: readonly string[] = [managedColumns.key]
const ofCounter: readonly string[] = [managedColumns.committedAt]

const versions: Readonly<Record<ReadableCollection['kind'], readonly string[]>> = {
  state: ofState,
  log: ofLog,
  counter: ofCounter
}

/**
 * Name the managed columns that change whenever an answer does. `committed_at` counts where it is a
 * field: a redelivery to a log rewrites `committed_at`.
 */
export function versionColumns({ kind, table, read }: ReadableCollection): readonly string[] {
  const shown = read.fields.filter((name) => name === managedColumns.committedAt)
  return [...new Set([...versions[kind].filter((name) => hasColumn(table, name)), ...shown])]
}

/** Spell the strong entity tag of a row. It also changes when the collection shows other fields. */
export function entityTag(
  { name, read }: ReadableCollection,
  columns: readonly string[],
  row: Row
): string {
  const text = JSON.stringify([name, read.fields, columns.map((column) => row[column] ?? null)])
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/**
 * Report whether an If-None-Match names this tag: RFC 9110 section 13.1.2, by weak comparison, because
 * a proxy that compresses an answer makes its tag weak. A malformed part matches nothing.
 */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([candidate]) => candidate === tag)
}

/** Report whether a table has a column of this name. */
export function hasColumn(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name)
}
