import { isPageParameter, pageParameters } from '../contracts/contracts.ts'
import { Failure } from '../failures.ts'
import type { Select } from '../store/store.ts'
import { columnOf } from '../store/table.ts'
import type { Value } from '../store/value.ts'
import { describeAccessPaths } from './access-path.ts'
import type { ReadableCollection } from './readable-collection.ts'
import { showName } from './request-target.ts'
import { parseValue } from './value-text.ts'

/** What a query asks of the rows, by column. */
export interface Filters {
  readonly equals: ReadonlyMap<string, Value>
  readonly ranges: ReadonlyMap<string, Bounds>
}

type Bounds = Omit<NonNullable<Select['range']>, 'column'>

/** What follows a column and a dot in the name of a range parameter. */
export const bounds = ['gt', 'gte', 'lt', 'lte'] as const
type Bound = (typeof bounds)[number]

/**
 * Read all parameters that are filters: `column=value`, or `column.gte=value` with gt, gte, lt, lte.
 *
 * @throws {Failure} QUERY_INVALID: a name or a value that is wrong by itself
 * @throws {Failure} FILTER_UNSUPPORTED: a field that is no filter
 */
export function parseFilters(
  collection: ReadableCollection,
  parameters: ReadonlyMap<string, string>
): Filters {
  const equals = new Map<string, Value>()
  const ranges = new Map<string, Bounds>()
  for (const [name, text] of parameters) {
    if (isPageParameter(name)) continue
    const { column, bound } = parseName(collection, name)
    const value = parseValue(columnOf(collection.table, column).type, text, 'QUERY_INVALID', name)
    if (bound) ranges.set(column, narrow(column, ranges.get(column), bound, value))
    else equals.set(column, value)
  }
  for (const column of equals.keys()) {
    if (ranges.has(column)) refuse(`${column}: has an equality and a range`)
  }
  return { equals, ranges }
}

function parseName(
  collection: ReadableCollection,
  name: string
): { column: string; bound?: Bound } {
  const { filters, fields } = collection.read
  const dot = name.lastIndexOf('.')
  const column = dot < 0 ? name : name.slice(0, dot)
  const bound = bounds.find((known) => name === `${column}.${known}`)
  const known = dot < 0 || bound !== undefined
  if (known && filters.includes(column)) return { column, ...(bound && { bound }) }
  if (known && fields.includes(column)) {
    const served = describeAccessPaths(collection.table, filters)
    throw new Failure('FILTER_UNSUPPORTED', `${column}: may not be filtered on; ${served}`)
  }
  return refuse(`unknown parameter ${showName(name)}; ${describeParameters(filters)}`)
}

function describeParameters(filters: readonly string[]): string {
  const known = `known are ${pageParameters.join(', ')}`
  if (filters.length === 0) return known
  return `${known}, and the filters ${filters.join(', ')}, each also with .gt, .gte, .lt, .lte`
}

function narrow(column: string, before: Bounds = {}, bound: Bound, value: Value): Bounds {
  const after: Bounds = { ...before, [bound]: value }
  if (after.gt !== undefined && after.gte !== undefined) refuse(`${column}: has .gt and .gte`)
  if (after.lt !== undefined && after.lte !== undefined) refuse(`${column}: has .lt and .lte`)
  return after
}

function refuse(message: string): never {
  throw new Failure('QUERY_INVALID', message)
}
