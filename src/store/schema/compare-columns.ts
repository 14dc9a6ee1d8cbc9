import { type ColumnType, formatType } from '../../values/column-types.ts'
import type { Column, Table } from '../table.ts'
import type { Difference, DifferenceKind } from './difference.ts'

/** A column as a database describes it. */
export interface LiveColumn {
  readonly name: string
  /** As INFORMATION_SCHEMA spells it: `STRING(64)`, `ARRAY<INT64>`. */
  readonly type: string
  readonly notNull: boolean
  /** Undefined when a store has no such option. */
  readonly commitTimestamp?: boolean
  /** True when a row can be written without it: it has a default, or is computed. */
  readonly filled?: boolean
}

/**
 * Compare the columns of a live table with the declared ones.
 *
 * @param indexed names of the columns that are in the live key or a live index
 */
export function compareColumns(
  table: Table,
  live: readonly LiveColumn[],
  indexed: ReadonlySet<string>
): readonly Difference[] {
  const asked = new Set(table.columns.map(({ name }) => name))
  return [
    ...table.columns.flatMap((column) => {
      const found = live.find(({ name }) => name === column.name)
      if (!found) return [missingColumn(table, column)]
      return compareColumn(table, column, found, indexed.has(column.name))
    }),
    ...live.filter(({ name }) => !asked.has(name)).map((column) => extraColumn(table, column))
  ]
}

function missingColumn(table: Table, column: Column): Difference {
  const kind = column.notNull ? 'column-missing-required' : 'column-missing'
  return about(table, column, kind, `is missing, expected ${describeColumn(column)}`)
}

function compareColumn(
  table: Table,
  column: Column,
  live: LiveColumn,
  indexed: boolean
): readonly Difference[] {
  const differences: Difference[] = []
  const differs = (kind: DifferenceKind, words: string) =>
    differences.push(about(table, column, kind, words))
  const fit = fitOf(live.type, column.type)
  if (fit) differs(fit, `is ${live.type}, expected ${formatType(column.type)}`)
  if (live.notNull && !column.notNull) {
    const kind = indexed ? 'column-required-indexed' : 'column-required'
    differs(kind, 'is NOT NULL, expected nullable')
  }
  if (!live.notNull && column.notNull) differs('column-nullable', 'is nullable, expected NOT NULL')
  const { commitTimestamp: allowed = false } = column
  if ((live.commitTimestamp ?? allowed) !== allowed) {
    const words = `has allow_commit_timestamp=${live.commitTimestamp}, expected ${allowed}`
    differs('column-commit-timestamp', words)
  }
  return differences
}

/**
 * Return what keeps a column of the live type from storing every value of the declared type, if
 * anything.
 */
function fitOf(live: string, asked: ColumnType): 'column-short' | 'column-type' | undefined {
  if (live === formatType(asked)) return undefined
  if (asked.length === undefined) return 'column-type'
  const length = /\((MAX|\d+)\)/.exec(live)?.[1]
  const longest = formatType({ ...asked, length: 'MAX' })
  if (!length || live.replace(`(${length})`, '(MAX)') !== longest) return 'column-type'
  if (length === 'MAX') return undefined
  return asked.length === 'MAX' || Number(length) < asked.length ? 'column-short' : undefined
}

/** An undeclared column blocks when a row cannot be written without it. */
function extraColumn(table: Table, column: LiveColumn): Difference {
  const kind = column.notNull && !column.filled ? 'column-unfilled' : 'column-extra'
  const type = `${column.type}${column.notNull ? ' NOT NULL' : ''}`
  return about(table, column, kind, `is ${type}, but no collection declares it`)
}

const describeColumn = ({ type, notNull }: Column) =>
  `${formatType(type)}${notNull ? ' NOT NULL' : ''}`

const about = (
  table: Table,
  { name }: { readonly name: string },
  kind: DifferenceKind,
  words: string
): Difference => ({
  kind,
  table: table.name,
  column: name,
  message: `Column ${table.name}.${name} ${words}.`
})
