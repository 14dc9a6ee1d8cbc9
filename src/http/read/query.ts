import { chooseAccessPath, describeAccessPaths } from '../../contracts/access-paths.ts'
import {
  isPageParameter,
  pageParameters,
  type ReadableCollection,
  type ReadSpec
} from '../../contracts/contracts.ts'
import { Failure } from '../../failures.ts'
import type { Select } from '../../store/store.ts'
import { columnOf } from '../../store/table.ts'
import type { Value } from '../../values/value.ts'
import { showName } from '../request-target.ts'
import { parseCursor, type Query } from './cursor.ts'
import { parseValue } from './key.ts'

/**
 * Turn the parameters of a page into a selection that a key or an index serves.
 *
 * @throws {Failure} QUERY_INVALID, FILTER_UNSUPPORTED
 */
export function parsePage(
  collection: ReadableCollection,
  parameters: ReadonlyMap<string, string>
): Select {
  const { fields, pageSize, maxPageSize } = collection.read
  const query = toQuery(collection, parseFilters(collection, parameters))
  const cursor = parameters.get('cursor')
  return {
    ...query,
    columns: [...new Set([...fields, ...query.order])],
    ...(cursor !== undefined && { after: parseCursor(query, cursor) }),
    limit: parseLimit(parameters.get('limit'), pageSize, maxPageSize)
  }
}

function toQuery({ table, read }: ReadableCollection, { equals, ranges }: Filters): Query {
  const [range, ...more] = ranges
  const path = chooseAccessPath(read.accessPaths, [...equals.keys()], range?.[0])
  if (!path || more.length > 0) refuseFilters('these filters would need a full scan', read)
  return {
    table,
    ...(path.index && { index: path.index }),
    equals: Object.fromEntries(equals),
    ...(range && { range: { column: range[0], ...range[1] } }),
    order: path.order
  }
}

function parseLimit(text: string | undefined, pageSize: number, maxPageSize: number): number {
  if (text === undefined) return pageSize
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= maxPageSize) return limit
  throw new Failure('QUERY_INVALID', `limit: is not a whole number from 1 to ${maxPageSize}`)
}

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
 * @throws {Failure} QUERY_INVALID: an unknown name or an invalid value
 * @throws {Failure} FILTER_UNSUPPORTED: a field that is not a filter
 */
function parseFilters(
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
  if (known && fields.includes(column)) refuseFilters(`${column} is not a filter`, collection.read)
  return refuse(`unknown parameter ${showName(name)}; ${describeParameters(filters)}`)
}

function describeParameters(filters: readonly string[]): string {
  const known = `known parameters: ${pageParameters.join(', ')}`
  if (filters.length === 0) return known
  return `${known}, and the filters ${filters.join(', ')}, each also with .gt, .gte, .lt, .lte`
}

function narrow(column: string, before: Bounds = {}, bound: Bound, value: Value): Bounds {
  const after: Bounds = { ...before, [bound]: value }
  if (after.gt !== undefined && after.gte !== undefined) refuse(`${column}: has .gt and .gte`)
  if (after.lt !== undefined && after.lte !== undefined) refuse(`${column}: has .lt and .lte`)
  return after
}

function refuseFilters(message: string, { accessPaths }: ReadSpec): never {
  const served = describeAccessPaths(accessPaths)
  const hint = served ? `supported filters: ${served}` : 'this collection supports no filters'
  throw new Failure('FILTER_UNSUPPORTED', `${message}; ${hint}`)
}

function refuse(message: string): never {
  throw new Failure('QUERY_INVALID', message)
}
