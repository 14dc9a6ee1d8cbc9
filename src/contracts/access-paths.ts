import type { Index, Table } from '../store/table.ts'

/** The primary key or an index, as a way to read a page of rows without a full scan. */
export interface AccessPath {
  /** Absent: the primary key. */
  readonly index?: Index
  /** Columns that order the rows uniquely: an index continues with the key. */
  readonly order: readonly string[]
  /** The leading columns of `order` that may be filtered on. */
  readonly filters: readonly string[]
}

/**
 * List the access paths of a table: the primary key, then its indexes as declared. A unique index
 * is left out, because it ignores rows with NULL in its columns: a page read from it would miss
 * rows.
 */
export function accessPaths(
  { primaryKey, indexes }: Pick<Table, 'primaryKey' | 'indexes'>,
  filters: readonly string[]
): readonly AccessPath[] {
  const byIndex = indexes
    .filter(({ unique }) => !unique)
    .map((index) => ({ index, order: [...new Set([...index.columns, ...primaryKey])] }))
  return [{ order: primaryKey }, ...byIndex].map((path) => ({
    ...path,
    filters: leading(path.order, filters)
  }))
}

function leading(order: readonly string[], filters: readonly string[]): readonly string[] {
  const end = order.findIndex((name) => !filters.includes(name))
  return end < 0 ? order : order.slice(0, end)
}

/**
 * Choose the first path that serves all these filters: the equalities, in any order, are on its
 * first columns, and the range, if any, is on the next one. Without filters that is the primary key.
 */
export function chooseAccessPath(
  paths: readonly AccessPath[],
  equals: readonly string[],
  range: string | undefined
): AccessPath | undefined {
  return paths.find(({ filters }) => {
    const first = filters.slice(0, equals.length)
    const isServed = first.length === equals.length && first.every((name) => equals.includes(name))
    return isServed && (range === undefined || filters[equals.length] === range)
  })
}

/** Describe which filters work together, such as `(a, b) or (c), by …`; undefined when none do. */
export function describeAccessPaths(paths: readonly AccessPath[]): string | undefined {
  const lists = [...new Set(paths.map(({ filters }) => filters.join(', ')))]
  const longest = lists.filter(
    (list) => list !== '' && !lists.some((other) => other.startsWith(`${list}, `))
  )
  if (longest.length === 0) return undefined
  const alternatives = longest.map((list) => `(${list})`).join(' or ')
  return `${alternatives}, by equality on leading columns and a range on the last`
}
