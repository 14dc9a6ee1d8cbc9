import { managedColumns, type Table } from '../store/table.ts'
import { isSummable, parseColumnType, scalarTypes } from '../values/column-types.ts'
import { formatPointer } from '../values/json-pointer.ts'
import { accessPaths } from './access-paths.ts'
import { checkIndexes, checkKeyPart, hotspotFault, isHotspot, type Types } from './check-keys.ts'
import { checkRead, maxPageSizeOf, pageSizeOf } from './check-read.ts'
import { dataColumns, tableOf } from './collection-table.ts'
import type { Collection, ReadSpec } from './contracts.ts'
import type { ReportFault } from './fault.ts'
import { kindRules } from './kinds.ts'
import type { CollectionFile, ReadFile } from './schema-file.ts'

const summable = scalarTypes.filter((scalar) => isSummable({ scalar, array: false }))

const managedNames: readonly string[] = Object.values(managedColumns)

/** Check everything in a collection that does not depend on another file. */
export function checkCollection(file: CollectionFile, report: ReportFault): void {
  const types = columnTypes(file)
  checkColumnTypes(file, types, report)
  checkColumns(file, types, report)
  checkKey(file, types, report)
  checkVersion(file, report)
  checkIndexes(file, types, report)
  checkRead(file, types, report)
}

/** Compile a collection that has passed its checks: derive its table and how it is read. */
export function compileCollection(file: CollectionFile, mergeable: boolean): Collection {
  const types = columnTypes(file)
  const columns = Object.keys(file.columns)
  const data = dataColumns(file)
  const table = tableOf(file, types, mergeable)
  return {
    name: file.name,
    description: file.description ?? '',
    columnDescriptions: columnDescriptions(file),
    kind: file.kind,
    columns,
    key: file.key,
    dataColumns: data,
    required: data.filter((name) => file.columns[name]?.required),
    ...(file.version && { version: file.version.type }),
    table,
    ...(file.read && { read: readSpec(file.read, columns, table) })
  }
}

/** Parse the types of columns, without the invalid ones. */
function columnTypes({ columns }: CollectionFile): Types {
  const types = Object.entries(columns).map(
    ([name, { type }]) => [name, parseColumnType(type)] as const
  )
  return new Map(types.flatMap(([name, type]) => (type ? [[name, type]] : [])))
}

function checkColumnTypes({ columns }: CollectionFile, types: Types, report: ReportFault): void {
  for (const [name, { type }] of Object.entries(columns)) {
    if (!types.has(name)) report(formatPointer('columns', name, 'type'), typeFault(type))
  }
}

function typeFault(type: string): string {
  const hint = /^(ARRAY<)?(STRING|BYTES)>?$/.test(type) ? ' with a length or MAX' : ''
  return `"${type}" is not a column type; use a GoogleSQL type such as STRING(64)${hint && `,${hint}`}`
}

function checkColumns(file: CollectionFile, types: Types, report: ReportFault) {
  const { kind, columns, name } = file
  if (name.startsWith('sqlite_')) {
    report('/name', 'begins with sqlite_, which SQLite reserves; choose another name')
  }
  for (const column of Object.keys(columns)) {
    if (managedNames.includes(column)) {
      report(
        formatPointer('columns', column),
        'is a column that Landfall manages; choose another name'
      )
    }
  }
  if (kindRules[kind].counts) checkCounted(file, types, report)
}

function checkCounted(file: CollectionFile, types: Types, report: ReportFault) {
  const counted = dataColumns(file)
  if (counted.length === 0) report('/columns', 'has no column to add to; add one beside the key')
  for (const name of counted) {
    const type = types.get(name)
    if (type && !isSummable(type)) {
      report(
        formatPointer('columns', name, 'type'),
        `cannot be added to; expected ${summable.join(' or ')}`
      )
    }
  }
}

function checkKey({ kind, key, columns }: CollectionFile, types: Types, report: ReportFault): void {
  if (key.length === 0 && kindRules[kind].keyEnd.length === 0) {
    report('/key', 'is empty; expected at least one column')
  }
  for (const [at, name] of key.entries()) {
    checkKeyPart({ name, columns, types }, formatPointer('key', at), report)
  }
  const first = key[0] === undefined ? undefined : types.get(key[0])
  if (isHotspot(first)) {
    report('/key/0', hotspotFault)
  }
}

function checkVersion(
  { kind, version, keepDeletedDays }: CollectionFile,
  report: ReportFault
): void {
  if (kindRules[kind].versioned) {
    if (!version) report('', `member "version" is missing; kind ${kind} needs one`)
    return
  }
  if (version) report('/version', `is not allowed for kind ${kind}`)
  if (keepDeletedDays !== undefined) {
    report('/keepDeletedDays', `is not allowed for kind ${kind}`)
  }
}

function columnDescriptions({ columns }: CollectionFile): Collection['columnDescriptions'] {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, { description }]) =>
      description === undefined ? [] : [[name, description]]
    )
  )
}

function readSpec(read: ReadFile, columns: readonly string[], table: Table): ReadSpec {
  const filters = read.filters ?? []
  return {
    path: read.path,
    fields: read.fields ?? columns,
    filters,
    accessPaths: accessPaths(table, filters),
    pageSize: pageSizeOf(read),
    maxPageSize: maxPageSizeOf(read),
    maxStalenessMs: (read.maxStalenessSeconds ?? 60) * 1000
  }
}
