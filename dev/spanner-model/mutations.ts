import { status } from '@grpc/grpc-js'
import { checkCommit, checkKey, checkLength } from './limits.ts'
import { refusal } from './refusal.ts'
import { type Cell, fromCell } from './result-set.ts'
import { indexKey, type Row, rowId, type WrittenRow } from './rows.ts'
import { type Column, columnOf, type KeyPart, type Schema, type Table, tableOf } from './schema.ts'
import { canonical, type Value } from './values.ts'

/** A `google.spanner.v1.Mutation`. */
export interface Mutation {
  readonly insertOrUpdate?: {
    readonly table: string
    readonly columns: readonly string[]
    readonly values: readonly { readonly values?: readonly Cell[] }[]
  } | null
  readonly delete?: {
    readonly table: string
    readonly keySet: { readonly keys?: readonly { readonly values?: readonly Cell[] }[] }
  } | null
}

/** Make the rows that mutations write, once the time of the commit is known. */
export type Stamp = (commitTimestamp: string) => ReadonlyMap<string, WrittenRow>

export interface CheckedMutations {
  /** The rows that they write, by id. */
  readonly ids: readonly string[]
  readonly stamp: Stamp
}

/**
 * Check what a commit writes. Of the kinds of mutation the model knows `insert_or_update`, and
 * `delete` of keys. Columns that are computed or have a default stay NULL.
 *
 * @throws a refusal, as Spanner answers what its schema or its limits don't allow
 */
export function checkMutations(schema: Schema, mutations: readonly Mutation[]): CheckedMutations {
  checkCommit(mutations.flatMap((mutation) => readWrite(schema, mutation) ?? []))
  const rows = mutations.flatMap((mutation) => checkMutation(schema, mutation))
  return {
    ids: rows.map(({ id }) => id),
    stamp: (time) => merged(rows, time)
  }
}

function checkMutation(schema: Schema, mutation: Mutation): readonly CheckedRow[] {
  const write = readWrite(schema, mutation)
  if (write) return write.rows.map((row) => checkRow(write.table, write.columns, row))
  if (!mutation.delete)
    throw refusal(status.UNIMPLEMENTED, 'The model of Spanner does not know this mutation.')
  const table = tableOf(schema, mutation.delete.table)
  const keys = mutation.delete.keySet.keys ?? []
  return keys.map(({ values }) => ({
    table,
    row: new Map(),
    deletes: true,
    id: rowId(table, readKey(table, table.primaryKey, values))
  }))
}

/** Read the values of the columns of a key or an index. */
export function readKey(
  table: Table,
  parts: readonly KeyPart[],
  cells: readonly Cell[] = []
): readonly Value[] {
  return parts.map(({ column }, at) => canonical(columnOf(table, column).type, fromCell(cells[at])))
}

function readWrite(schema: Schema, { insertOrUpdate }: Mutation) {
  if (!insertOrUpdate) return undefined
  const table = tableOf(schema, insertOrUpdate.table)
  const columns = insertOrUpdate.columns.map((name) => columnOf(table, name).name)
  const rows = insertOrUpdate.values.map(({ values = [] }) => values.map(fromCell))
  return { table, columns, rows }
}

interface CheckedRow extends WrittenRow {
  readonly id: string
}

function checkRow(table: Table, columns: readonly string[], values: readonly Value[]): CheckedRow {
  const row = new Map(
    columns.map((name, at) => [name, checkValue(table, columnOf(table, name), values[at] ?? null)])
  )
  checkRequired(table, row)
  const key = table.primaryKey.map(({ column }) => row.get(column) ?? null)
  checkKey(table.name, key)
  for (const index of table.indexes) checkKey(index.name, [...(indexKey(index, row) ?? []), ...key])
  return { table, row, id: rowId(table, key) }
}

/** What stands for the time of the commit in a mutation. */
const placeholder = 'spanner.commit_timestamp()'

function checkValue(table: Table, column: Column, value: Value): Value {
  const { name, type, notNull, commitTimestamp } = column
  if (value === null && notNull) {
    const detail = `Cannot specify a null value for column: ${table.name}.${name}`
    throw refusal(status.FAILED_PRECONDITION, detail)
  }
  // https://cloud.google.com/spanner/docs/commit-timestamp
  if (value === placeholder && commitTimestamp) return placeholder
  const read = canonical(type, value)
  if (commitTimestamp && typeof read === 'string' && Date.parse(read) > Date.now()) {
    const detail = `Cannot write timestamps in the future, column: ${table.name}.${name}`
    throw refusal(status.FAILED_PRECONDITION, detail)
  }
  checkLength(table, column, read)
  return read
}

/** Also where the row is there: `insert_or_update` may have to insert. */
function checkRequired({ name: table, columns }: Table, row: Row): void {
  const missing = columns.filter(
    ({ name, notNull, byDefault, generated }) =>
      notNull && byDefault === undefined && generated === undefined && !row.has(name)
  )
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  const words = 'does not specify a non-null value for these NOT NULL columns'
  throw refusal(status.FAILED_PRECONDITION, `A new row in table ${table} ${words}: ${names}`)
}

/** Of two mutations of one row the later one adds to the earlier one; a deletion begins anew. */
function merged(rows: readonly CheckedRow[], time: string): ReadonlyMap<string, WrittenRow> {
  const written = new Map<string, WrittenRow>()
  for (const { id, table, row, deletes } of rows) {
    const before = written.get(id)
    if (deletes) {
      written.set(id, { table, row, deletes })
      continue
    }
    const stamped = [...row].map(
      ([name, value]) => [name, isPlaceholder(table, name, value) ? time : value] as const
    )
    const replaces = before?.deletes || before?.replaces
    const after = new Map([...(before?.row ?? []), ...stamped])
    written.set(id, { table, row: after, ...(replaces && { replaces }) })
  }
  return written
}

const isPlaceholder = (table: Table, name: string, value: Value) =>
  value === placeholder && columnOf(table, name).commitTimestamp
