import { type Column, column, type Index, managed, type Table } from '../store/table.ts'
import type { ColumnType } from '../values/column-types.ts'
import { limits } from '../values/limits.ts'
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
    columns: [...declaredColumns(file, types), ...managedColumns(file, mergeable)],
    primaryKey: file.kind === 'log' ? [...file.key, managed.key] : file.key,
    indexes: (file.indexes ?? []).map((index) => indexOf(file, index)),
    guardColumns: guardColumns(file, mergeable),
    ...(file.kind === 'state' && {
      ttl: { column: managed.deletedAt, days: file.keepDeletedDays ?? limits.retentionDays.ours }
    })
  }
}

function declaredColumns(
  { kind, key, columns }: CollectionFile,
  types: ReadonlyMap<string, ColumnType>
): readonly Column[] {
  return [...types].map(([name, type]) => ({
    name,
    type,
    notNull: key.includes(name) || isNotNull(kind, columns[name]?.required ?? false)
  }))
}

/** A tombstone keeps its key and version only, so `required` is proven by the contracts instead. */
function isNotNull(kind: CollectionFile['kind'], required: boolean): boolean {
  return kind === 'counter' || (kind === 'log' && required)
}

function managedColumns(file: CollectionFile, mergeable: boolean): readonly Column[] {
  const key = column(managed.key, 'STRING', { length: 32, notNull: true })
  const committedAt = column(managed.committedAt, 'TIMESTAMP', {
    notNull: true,
    commitTimestamp: true
  })
  if (file.kind === 'counter') return [committedAt]
  if (file.kind === 'log') return [key, committedAt]
  const deletedAt = column(managed.deletedAt, 'TIMESTAMP', { commitTimestamp: true })
  const versions = mergeable ? [column(managed.columnVersions, 'JSON')] : []
  return [versionColumn(file), key, committedAt, deletedAt, ...versions]
}

/** A version of several parts is text in which the order of characters is the order of versions. */
function versionColumn({ version }: CollectionFile): Column {
  const type = version?.type
  return typeof type === 'string' && type !== 'STRING'
    ? column(managed.version, type, { notNull: true })
    : column(managed.version, 'STRING', { length: 'MAX', notNull: true })
}

/** Reads leave out tombstones, so an index of a `state` table knows them. */
function indexOf({ kind }: CollectionFile, { name, columns, storing, unique }: IndexSpec): Index {
  const tombstone = kind === 'state' ? [managed.deletedAt] : []
  return { name, columns, storing: [...(storing ?? []), ...tombstone], unique: unique ?? false }
}

function guardColumns(file: CollectionFile, mergeable: boolean): readonly string[] {
  if (file.kind === 'log') return []
  if (file.kind === 'counter') {
    return Object.keys(file.columns).filter((name) => !file.key.includes(name))
  }
  const guards = [managed.version, managed.key, managed.deletedAt]
  return mergeable ? [...guards, managed.columnVersions] : guards
}
