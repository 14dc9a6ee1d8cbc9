import { Failure } from '../failures.ts'
import type { Select } from '../store/store.ts'
import { chooseAccessPath, describeAccessPaths } from './access-path.ts'
import { parseCursor, type Query } from './cursor.ts'
import { type Filters, parseFilters } from './filters.ts'
import type { ReadableCollection } from './readable-collection.ts'

/**
 * Turn the parameters of a page into a selection that a key or an index serves. `limit` is the page
 * size; the caller asks the store for one row more to learn whether there is a next page. Pure.
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
  const path = chooseAccessPath(table, [...equals.keys()], range?.[0])
  if (!path || more.length > 0) {
    const served = describeAccessPaths(table, read.filters)
    throw new Failure('FILTER_UNSUPPORTED', `no full scan is run for these filters; ${served}`)
  }
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
