import { formatPointer } from '../values/json-pointer.ts'
import { accessPaths } from './access-paths.ts'
import { orderFault, type Types, unknownColumn } from './check-keys.ts'
import { keysOf } from './collection-table.ts'
import { isPageParameter, pageParameters } from './contracts.ts'
import { below, type ReportFault } from './fault.ts'
import { kindRules } from './kinds.ts'
import type { CollectionFile, ReadFile } from './schema-file.ts'

const defaultPageSize = 100
const defaultMaxPageSize = 1000

/** Rows in a page when the query names no limit; never more than the most it could name. */
export function pageSizeOf({ pageSize, maxPageSize }: ReadFile): number {
  return pageSize ?? Math.min(defaultPageSize, maxPageSize ?? defaultPageSize)
}

/** The largest limit a query may name. */
export function maxPageSizeOf({ pageSize, maxPageSize }: ReadFile): number {
  return maxPageSize ?? Math.max(defaultMaxPageSize, pageSize ?? 0)
}

/** Check how a collection is read. */
export function checkRead(file: CollectionFile, types: Types, report: ReportFault): void {
  if (!file.read) return
  const note = below(report, '/read')
  checkFields(file, file.read, note)
  checkFilters(file, file.read, types, note)
  if (pageSizeOf(file.read) > maxPageSizeOf(file.read)) {
    note('/pageSize', `is more than maxPageSize; expected at most ${maxPageSizeOf(file.read)}`)
  }
}

function checkFields({ kind, columns }: CollectionFile, { fields }: ReadFile, report: ReportFault) {
  const known = [...Object.keys(columns), ...kindRules[kind].readable]
  for (const [at, name] of (fields ?? []).entries()) {
    if (!known.includes(name)) {
      report(formatPointer('fields', at), unknownColumn(name, known))
    }
  }
}

function checkFilters(
  file: CollectionFile,
  read: ReadFile,
  types: Types,
  report: ReportFault
): void {
  const { columns } = file
  const filters = read.filters ?? []
  const served = new Set(accessPaths(keysOf(file), filters).flatMap((path) => path.filters))
  for (const [at, name] of filters.entries()) {
    const fault = filterFault(name, columns, types)
    if (fault) report(formatPointer('filters', at), fault)
    else if (!served.has(name)) {
      report(
        formatPointer('filters', at),
        `"${name}" would need a full scan; put it first in the key or in an index that is not unique, or right after other filters in one`
      )
    }
  }
}

function filterFault(
  name: string,
  columns: CollectionFile['columns'],
  types: Types
): string | undefined {
  if (!Object.hasOwn(columns, name)) {
    return unknownColumn(name, Object.keys(columns))
  }
  if (isPageParameter(name)) {
    return `"${name}" is a parameter of every page, so it cannot be a filter; reserved names: ${pageParameters.join(', ')}`
  }
  return orderFault(name, types)
}
