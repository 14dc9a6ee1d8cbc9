import {
  type CollectionKind,
  type Column,
  column,
  type Index,
  managedColumns,
  type Table
} from '../store/table.ts'
import type { ColumnType } from '../values/column-types.ts'
import { limits } from '../values/limits.ts'
import { kindRules } from './kinds.ts'
import type { CollectionFile, IndexSpec } from './schema-file.ts'

/**
 * Derive the table of a collection: declared columns, then the managed ones of its kind.
 *
 * @param types The parsed types of the declared columns
 * @param mergeable Whether some contract merges into it, so that columns need versions of their own
 */
export function tableOf(
  file: CollectionFile,
  types: ReadonlyMap<string, ColumnType>,
  mergeable: boolean
): Table {
  return {
    name: file.name,
    kind: file.kind,
    columns: [...declaredColumns(file, types), ...managedOf[file.kind](file, mergeable)],
    ...keysOf(file),
    guardColumns: guardColumns[file.kind](file, mergeable),
    ...(kindRules[file.kind].versioned && {
      ttl: {
        column: managedColumns.deletedAt,
        days: file.keepDeletedDays ?? limits.retentionDays.ours
      }
    })
  }
}

/** Derive what orders the rows of a collection. A log has its event key last. */
export function keysOf(file: CollectionFile): Pick<Table, 'primaryKey' | 'indexes'> {
  return {
    primaryKey: [...file.key, ...kindRules[file.kind].keyEnd],
    indexes: (file.indexes ?? []).map((index) => indexOf(file, index))
  }
}

function declaredColumns(
  { kind, key, columns }: CollectionFile,
  types: ReadonlyMap<string, ColumnType>
): readonly Column[] {
  return [...types].map(([name, type]) => ({
    name,
    type,
    notNull: key.includes(name) || isNotNull[kind](columns[name]?.required ?? false)
  }))
}

const isNotNull: Readonly<Record<CollectionKind, (required: boolean) => boolean>> = {
  // A tombstone keeps its key and version only, so `required` is proven by the contracts instead.
  state: () => false,
  log: (required) => required,
  counter: () => true
}

type OfKind<T> = Readonly<Record<CollectionKind, (file: CollectionFile, mergeable: boolean) => T>>

const eventKey = column(managedColumns.key, 'STRING', { length: 32, notNull: true })
const committedAt = column(managedColumns.committedAt, 'TIMESTAMP', {
  notNull: true,
  commitTimestamp: true
})
const deletedAt = column(managedColumns.deletedAt, 'TIMESTAMP', { commitTimestamp: true })
const columnVersions = column(managedColumns.columnVersions, 'JSON')

const managedOf: OfKind<readonly Column[]> = {
  state: (file, mergeable) => [
    versionColumn(file),
    eventKey,
    committedAt,
    deletedAt,
    ...(mergeable ? [columnVersions] : [])
  ],
  log: () => [eventKey, committedAt],
  counter: () => [committedAt]
}

/** List the declared columns beside the key; those of a counter are the sums. */
export function dataColumns({ columns, key }: CollectionFile): readonly string[] {
  return Object.keys(columns).filter((name) => !key.includes(name))
}

/** A version of several parts is stored as text that sorts as the versions do. */
function versionColumn({ version }: CollectionFile): Column {
  const type = version?.type
  return typeof type === 'string' && type !== 'STRING'
    ? column(managedColumns.version, type, { notNull: true })
    : column(managedColumns.version, 'STRING', { length: 'MAX', notNull: true })
}

/** Reads leave out tombstones, so the indexes of a table that has them store `deleted_at`. */
function indexOf({ kind }: CollectionFile, { name, columns, storing, unique }: IndexSpec): Index {
  const tombstone = kindRules[kind].versioned ? [managedColumns.deletedAt] : []
  return { name, columns, storing: [...(storing ?? []), ...tombstone], unique: unique ?? false }
}

const guardColumns: OfKind<readonly string[]> = {
  state: (file, mergeable) => [
    managedColumns.version,
    managedColumns.key,
    managedColumns.deletedAt,
    ...(mergeable ? [managedColumns.columnVersions] : []),
    ...uniqueColumns(file)
  ],
  log: () => [],
  counter: dataColumns
}

/** An entry that a row gives up is known from the values that it has. */
function uniqueColumns({ indexes = [], key }: CollectionFile): readonly string[] {
  const columns = indexes.flatMap((index) => (index.unique ? index.columns : []))
  return [...new Set(columns)].filter((name) => !key.includes(name))
}
