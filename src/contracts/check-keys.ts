import { type ColumnType, columnTypes } from '../values/column-types.ts'
import { formatPointer } from '../values/json-pointer.ts'
import { below, type ReportFault } from './fault.ts'
import { kindRules } from './kinds.ts'
import type { CollectionFile, ColumnSpec, IndexSpec } from './schema-file.ts'

/** Types of the declared columns, in the order of the table. */
export type Types = ReadonlyMap<string, ColumnType>

/**
 * Report whether a key that begins with this type would send all new rows to one split: see
 * https://cloud.google.com/spanner/docs/schema-design
 */
export function isHotspot(type: ColumnType | undefined): boolean {
  return type !== undefined && columnTypes[type.scalar].growing
}

/** The fault of a first column for which `isHotspot` is true. */
export const hotspotFault =
  'starts with a timestamp or date, so every write hits one split; put a well-distributed column first'

/** Check that a column exists and may be part of a key or an index. */
export function checkKeyPart(
  { name, columns, types }: { name: string; columns: Record<string, ColumnSpec>; types: Types },
  pointer: string,
  report: ReportFault
): void {
  if (!Object.hasOwn(columns, name)) {
    report(pointer, unknownColumn(name, Object.keys(columns)))
    return
  }
  const fault = orderFault(name, types)
  if (fault) report(pointer, fault)
}

/** Word the fault of a reference to a column that does not exist. */
export function unknownColumn(name: string, columns: readonly string[]): string {
  return `there is no column "${name}"; expected one of ${columns.join(', ')}`
}

/** Return what is wrong when rows cannot be looked up and ordered by values of a column. */
export function orderFault(name: string, types: Types): string | undefined {
  const type = types.get(name)
  if (!type || (!type.array && columnTypes[type.scalar].ordered)) return undefined
  return `"${name}" has type ${type.array ? 'ARRAY' : type.scalar}, which cannot be ordered exactly`
}

/** Check the indexes of a collection, one by one. */
export function checkIndexes(file: CollectionFile, types: Types, report: ReportFault): void {
  for (const [at, index] of (file.indexes ?? []).entries()) {
    checkIndex(file, types, index, below(report, formatPointer('indexes', at)))
  }
}

function checkIndex(
  file: CollectionFile,
  types: Types,
  index: IndexSpec,
  report: ReportFault
): void {
  const { columns, key } = file
  for (const [at, name] of index.columns.entries()) {
    checkKeyPart({ name, columns, types }, formatPointer('columns', at), report)
  }
  const first = types.get(index.columns[0] ?? '')
  if (isHotspot(first)) {
    report('/columns/0', hotspotFault)
  }
  if (index.name.startsWith('sqlite_')) {
    report('/name', 'begins with sqlite_, which SQLite reserves; choose another name')
  }
  // A tombstone keeps its key, so only a column that it clears takes it out of a unique index.
  const { versioned } = kindRules[file.kind]
  if (index.unique && versioned && index.columns.every((name) => key.includes(name))) {
    report(
      '/columns',
      'are all part of the key, so a deleted row would stay in the unique index; add a column outside of the key'
    )
  }
  checkStoring(file, index, report)
}

function checkStoring(
  { columns, key }: CollectionFile,
  index: IndexSpec,
  report: ReportFault
): void {
  for (const [at, name] of (index.storing ?? []).entries()) {
    const pointer = formatPointer('storing', at)
    if (!Object.hasOwn(columns, name)) {
      report(pointer, unknownColumn(name, Object.keys(columns)))
    } else if (key.includes(name) || index.columns.includes(name)) {
      report(pointer, `"${name}" is in the index already; name another column`)
    }
  }
}
