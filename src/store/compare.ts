import { type Column, formatType, type Index, type Table } from './table.ts'

/** A table as a database describes it. */
export interface LiveTable {
  readonly name: string
  readonly columns: readonly LiveColumn[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly Index[]
}

export interface LiveColumn {
  readonly name: string
  /** As INFORMATION_SCHEMA spells it: `STRING(64)`, `ARRAY<INT64>`. */
  readonly type: string
  readonly notNull: boolean
  /** Undefined where a store has no such option. */
  readonly commitTimestamp?: boolean
}

/** One difference between a live table and what the collections ask for. */
export interface Difference {
  readonly kind:
    | 'table-missing'
    | 'column-missing'
    | 'column-type'
    | 'column-null'
    | 'column-commit-timestamp'
    | 'column-extra'
    | 'key'
    | 'index-missing'
    | 'index'
  readonly table: string
  /** One sentence that names what differs, what is there and what was expected. */
  readonly message: string
}

/**
 * Compare a live table with what is asked for. Pure. A longer STRING or BYTES than asked for is no
 * difference, nor is an extra column that may be NULL, nor an extra index: the service works with
 * them, and a canary may have brought them.
 */
export function compareTable(table: Table, live: LiveTable | undefined): readonly Difference[] {
  if (!live) {
    const message = `Table ${table.name} is missing.`
    return [{ kind: 'table-missing', table: table.name, message }]
  }
  return [
    ...table.columns.flatMap((column) => compareColumn(table, column, live)),
    ...extraColumns(table, live),
    ...compareKey(table, live),
    ...table.indexes.flatMap((index) => compareIndex(table, index, live))
  ]
}

function compareColumn(table: Table, column: Column, live: LiveTable): readonly Difference[] {
  const at = `Column ${table.name}.${column.name}`
  const found = live.columns.find(({ name }) => name === column.name)
  const asked = `${formatType(column.type)}${column.notNull ? ' NOT NULL' : ''}`
  const difference = (kind: Difference['kind'], message: string) => ({
    kind,
    table: table.name,
    message
  })
  if (!found) return [difference('column-missing', `${at} is missing, expected ${asked}.`)]
  const differences: Difference[] = []
  if (!holds(found.type, column)) {
    const message = `${at} is ${found.type}, expected ${formatType(column.type)}.`
    differences.push(difference('column-type', message))
  }
  if (found.notNull !== column.notNull) {
    const [is, expected] = found.notNull ? ['NOT NULL', 'nullable'] : ['nullable', 'NOT NULL']
    differences.push(difference('column-null', `${at} is ${is}, expected ${expected}.`))
  }
  if (column.commitTimestamp && found.commitTimestamp === false) {
    const message = `${at} does not allow commit timestamps, expected allow_commit_timestamp=true.`
    differences.push(difference('column-commit-timestamp', message))
  }
  return differences
}

/** True when a column of the live type takes every value of the asked type. */
function holds(live: string, { type }: Column): boolean {
  if (live === formatType(type)) return true
  if (type.length === undefined) return false
  const spelled = formatType({ ...type, length: 'MAX' })
  const length = /\((MAX|\d+)\)/.exec(live)?.[1]
  if (!length || live.replace(`(${length})`, '(MAX)') !== spelled) return false
  return length === 'MAX' || (type.length !== 'MAX' && Number(length) >= type.length)
}

/** A column nobody asked for is in the way only when a row cannot be written without it. */
function extraColumns(table: Table, live: LiveTable): readonly Difference[] {
  return live.columns
    .filter(({ name, notNull }) => notNull && !table.columns.some((known) => known.name === name))
    .map(({ name, type }) => ({
      kind: 'column-extra',
      table: table.name,
      message: `Column ${table.name}.${name} is ${type} NOT NULL, expected no such column.`
    }))
}

function compareKey(table: Table, live: LiveTable): readonly Difference[] {
  const [is, expected] = [live.primaryKey.join(', '), table.primaryKey.join(', ')]
  if (is === expected) return []
  const message = `The primary key of table ${table.name} is (${is}), expected (${expected}).`
  return [{ kind: 'key', table: table.name, message }]
}

function compareIndex(table: Table, index: Index, live: LiveTable): readonly Difference[] {
  const expected = formatIndex(index)
  const found = live.indexes.find(({ name }) => name === index.name)
  if (!found) {
    const message = `Index ${index.name} on table ${table.name} is missing, expected ${expected}.`
    return [{ kind: 'index-missing', table: table.name, message }]
  }
  const is = formatIndex(found)
  if (is === expected) return []
  const message = `Index ${index.name} on table ${table.name} is ${is}, expected ${expected}.`
  return [{ kind: 'index', table: table.name, message }]
}

function formatIndex({ unique, columns, storing }: Index): string {
  const stored = storing.length > 0 ? ` STORING (${[...storing].sort().join(', ')})` : ''
  return `${unique ? 'UNIQUE ' : ''}(${columns.join(', ')})${stored}`
}
