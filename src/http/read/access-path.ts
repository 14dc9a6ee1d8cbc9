import type { Index, Table } from '../../store/table.ts'

/** The key or the index that serves a page of rows without a full scan. */
export interface AccessPath {
  /** Absent: the primary key. */
  readonly index?: Index
  /** Columns that filters may use, from the left. */
  readonly columns: readonly string[]
  /** Columns that order the rows, and tell any two of them apart. */
  readonly order: readonly string[]
}

/**
 * List the ways into a table: the primary key, then its indexes as declared. A unique index is none,
 * because it ignores rows with NULL in it: a page read from it would miss rows.
 */
export function accessPaths(table: Table): readonly AccessPath[] {
  const { primaryKey } = table
  const indexes = table.indexes
    .filter((index) => !index.unique)
    .map((index) => ({
      index,
      columns: index.columns,
      order: [...index.columns, ...primaryKey.filter((name) => !index.columns.includes(name))]
    }))
  return [{ columns: primaryKey, order: primaryKey }, ...indexes]
}

/**
 * Choose the first way that serves all filters: the equalities are its first columns in any order,
 * and the range, if any, is on the next one. Without filters that is the primary key.
 */
export function chooseAccessPath(
  table: Table,
  equals: readonly string[],
  range: string | undefined
): AccessPath | undefined {
  return accessPaths(table).find(({ columns }) => {
    const prefix = columns.slice(0, equals.length)
    const served = prefix.length === equals.length && prefix.every((name) => equals.includes(name))
    return served && (range === undefined || columns[equals.length] === range)
  })
}

/** Say in one sentence which filters a table serves together, of those that may be used at all. */
export function describeAccessPaths(table: Table, filters: readonly string[]): string {
  const usable = accessPaths(table)
    .map(({ columns }) => columns.slice(0, leading(columns, filters)).join(' then '))
    .filter((text) => text !== '')
  if (usable.length === 0) return 'this collection serves no filters'
  return (
    `served are ${[...new Set(usable)].map((text) => `(${text})`).join(' or ')}: ` +
    'equality from the left on, and a range on the last one given'
  )
}

function leading(columns: readonly string[], filters: readonly string[]): number {
  const end = columns.findIndex((name) => !filters.includes(name))
  return end < 0 ? columns.length : end
}
