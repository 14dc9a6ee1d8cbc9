import type { ColumnType, ScalarType } from '../values/column-types.ts'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly notNull: boolean
  /** May hold the commit timestamp of the transaction that writes it. */
  readonly commitTimestamp?: boolean
}

export interface Index {
  readonly name: string
  readonly columns: readonly string[]
  readonly storing: readonly string[]
  /** A unique index ignores rows with NULL in its columns, so that tombstones never collide. */
  readonly unique: boolean
}

/** How the table of a collection is made idempotent: see docs/concepts.md. */
export const collectionKinds = ['state', 'log', 'counter'] as const

export type CollectionKind = (typeof collectionKinds)[number]

/** The kinds of collections, and those of the tables that Landfall keeps for itself. */
export type TableKind = CollectionKind | 'ledger' | 'dead-letters'

/**
 * A table as the collections declare it: columns in the order of the DDL, managed ones included.
 * Everything a store does (DDL, comparison with the live database, mutations, reads) starts here.
 */
export interface Table {
  readonly name: string
  readonly kind: TableKind
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly Index[]
  /** Columns of an existing row, beyond its key, that the decision needs. */
  readonly guardColumns: readonly string[]
  /** Rows are deleted some time after `column` is older than `days`; a NULL keeps the row. */
  readonly ttl?: { readonly column: string; readonly days: number }
}

/** Managed columns; a collection that declares one of these names is refused. */
export const managedColumns = {
  version: 'event_version',
  key: 'event_key',
  committedAt: 'committed_at',
  deletedAt: 'deleted_at',
  columnVersions: 'column_versions'
} as const

/** Make a column that is not an array; nullable unless `notNull` is given. */
export function column(
  name: string,
  scalar: ScalarType,
  options: { length?: number | 'MAX'; notNull?: boolean; commitTimestamp?: boolean } = {}
): Column {
  const { length, notNull = false, commitTimestamp } = options
  return {
    name,
    type: { scalar, array: false, ...(length !== undefined && { length }) },
    notNull,
    ...(commitTimestamp && { commitTimestamp })
  }
}

/** Derive something of each table once, and keep it as long as the table. */
export function oncePerTable<T>(derive: (table: Table) => T): (table: Table) => T {
  const known = new WeakMap<Table, T>()
  return (table) => {
    const kept = known.get(table)
    if (kept !== undefined) return kept
    const derived = derive(table)
    known.set(table, derived)
    return derived
  }
}

/** Look up a column. @throws {Error} when the table has none of that name: a bug, not an input. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (!column) throw new Error(`table ${table.name} has no column ${name}`)
  return column
}
