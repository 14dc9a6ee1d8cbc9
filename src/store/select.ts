import type { Value } from '../values/value.ts'
import type { Select } from './store.ts'
import {
  type Column,
  columnOf,
  type Index,
  managedColumns,
  oncePerTable,
  type Table
} from './table.ts'

/** The SQL that differs between the dialects of the stores. */
export interface Dialect {
  /** `FROM` a table by exactly this index, or by its primary key. */
  from(table: Table, index: Index | undefined): string
}

/** A statement with named parameters: `@p1`, `@p2`, … in this order, and `@limit`. */
export interface SelectStatement {
  readonly sql: string
  readonly params: readonly { readonly column: Column; readonly value: Value }[]
  /** One more than the rows of the page, to learn whether there are more. */
  readonly limit: number
}

/** Quote a name as both GoogleSQL and SQLite read it. */
export const quote = (name: string): string => `\`${name}\``

/**
 * Write the query of a page of rows: in ascending order with NULLs first, which is the default of
 * both dialects, and without tombstones. Pure.
 */
export function selectSql(select: Select, dialect: Dialect): SelectStatement {
  const params: { column: Column; value: Value }[] = []
  const bind: Bind = (name, value) => {
    params.push({ column: columnOf(select.table, name), value })
    return `@p${params.length}`
  }
  const order = freeOrder(select)
  const conditions = [
    ...equalities(select, bind),
    ...ranges(select, bind),
    ...keyset(select, order, bind),
    ...indexed(select),
    ...(hasTombstones(select.table) ? [`${quote(managedColumns.deletedAt)} IS NULL`] : [])
  ]
  const clauses = [
    `SELECT ${select.columns.map(quote).join(', ')}`,
    dialect.from(select.table, select.index),
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.map(({ name }) => quote(name)).join(', ')}`] : []),
    'LIMIT @limit'
  ]
  return { sql: clauses.join(' '), params, limit: select.limit + 1 }
}

/** Deleted rows of a table with this column stay as tombstones. */
const hasTombstones = oncePerTable(({ columns }) =>
  columns.some(({ name }) => name === managedColumns.deletedAt)
)

type Bind = (column: string, value: Value) => string

interface Position {
  readonly name: string
  readonly after: Value | undefined
}

/** The columns that still order rows once the equalities hold, each with where the page starts. */
function freeOrder({ order, equals, after }: Select): readonly Position[] {
  return order
    .map((name, index) => ({ name, after: after?.[index] }))
    .filter(({ name }) => equals[name] === undefined)
}

function equalities({ equals }: Select, bind: Bind): readonly string[] {
  return Object.entries(equals).map(([name, value]) => equal(name, value, bind))
}

function equal(name: string, value: Value, bind: Bind): string {
  return value === null ? `${quote(name)} IS NULL` : `${quote(name)} = ${bind(name, value)}`
}

/**
 * A unique index holds no row with NULL in one of its columns, so it can serve only the others.
 * Saying so is what lets Spanner use it (https://cloud.google.com/spanner/docs/secondary-indexes).
 */
function indexed({ index }: Select): readonly string[] {
  return index?.unique ? index.columns.map((name) => `${quote(name)} IS NOT NULL`) : []
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function ranges({ range }: Select, bind: Bind): readonly string[] {
  if (!range) return []
  const conditions: string[] = []
  for (const [bound, operator] of Object.entries(operators)) {
    const value = Object.entries(range).find(([name]) => name === bound)?.[1]
    if (value !== undefined) {
      conditions.push(`${quote(range.column)} ${operator} ${bind(range.column, value)}`)
    }
  }
  return conditions
}

/**
 * Rows strictly after a position, NULL being before every value. The first column's bound is
 * repeated outside of the alternatives, so that the index can be entered at it.
 */
function keyset(select: Select, order: readonly Position[], bind: Bind): readonly string[] {
  const [first] = order
  if (!select.after) return []
  // The equalities leave one row at most, and the page starts after it.
  if (!first) return ['FALSE']
  const entry = first.after ?? null
  const bound = entry === null ? [] : [`${quote(first.name)} >= ${bind(first.name, entry)}`]
  return [...bound, later(order, bind)]
}

function later([first, ...rest]: readonly Position[], bind: Bind): string {
  if (!first) return 'FALSE'
  const { name } = first
  const value = first.after ?? null
  const beyond =
    value === null ? `${quote(name)} IS NOT NULL` : `${quote(name)} > ${bind(name, value)}`
  if (rest.length === 0) return beyond
  return `(${beyond} OR (${equal(name, value, bind)} AND ${later(rest, bind)}))`
}
