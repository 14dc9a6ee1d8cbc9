import { status } from '@grpc/grpc-js'
import { columnOf, type Table } from '../../src/store/table.ts'
import { refusal } from './refusal.ts'
import { nullCell } from './result-set.ts'

/** A `google.protobuf.Value`, as it came over the wire. */
export interface Cell {
  readonly kind?: string
  readonly stringValue?: string
  readonly nullValue?: 'NULL_VALUE'
}

/** What a mutation of the kind `insert_or_update` asks for. */
export interface Write {
  readonly table: string
  readonly columns: readonly string[]
  readonly values: readonly { readonly values?: readonly Cell[] }[]
}

/** Rows that a transaction has read, by table and key, with the number of the commit that wrote each. */
export type Seen = Map<string, number>

export interface Rows {
  /** Read rows by key and note what was seen; those that are not there are left out. */
  read(
    table: Table,
    keys: readonly (readonly Cell[])[],
    columns: readonly string[],
    seen: Seen
  ): Cell[][]
  /** Write all or nothing, at a commit timestamp: nothing, and false, when a row that was seen has changed. */
  commit(writes: readonly Write[], seen: Seen, timestamp: string): boolean
  /** @throws a refusal when the database has no such table */
  tableOf(name: string): Table
}

/** Keep the rows of these tables in memory. */
export function createRows(tables: readonly Table[]): Rows {
  const known = new Map(tables.map((table) => [table.name, table]))
  const rows = new Map<string, { cells: ReadonlyMap<string, Cell>; commit: number }>()
  let commits = 0

  function tableOf(name: string): Table {
    const table = known.get(name)
    if (!table) throw refusal(status.NOT_FOUND, `Table not found: ${name}`)
    return table
  }

  function write(table: Table, columns: readonly string[], cells: readonly Cell[], time: string) {
    const written = new Map(
      columns.map((column, i) => [column, stamped(table, column, cells[i] ?? nullCell, time)])
    )
    const key = table.primaryKey.map((column) => written.get(column) ?? nullCell)
    const id = rowId(table, key)
    const before = rows.get(id)?.cells ?? []
    rows.set(id, { cells: new Map([...before, ...written]), commit: commits })
  }

  return {
    tableOf,
    read: (table, keys, columns, seen) =>
      [...new Set(keys.map((key) => rowId(table, key)))].flatMap((id) => {
        const row = rows.get(id)
        if (!seen.has(id)) seen.set(id, row?.commit ?? 0)
        return row ? [columns.map((column) => row.cells.get(column) ?? nullCell)] : []
      }),
    commit(writes, seen, timestamp) {
      const changed = [...seen].some(([id, commit]) => (rows.get(id)?.commit ?? 0) !== commit)
      if (changed) return false
      const found = writes.map((one) => ({ ...one, table: tableOf(one.table) }))
      commits += 1
      for (const { table, columns, values } of found)
        for (const { values: cells = [] } of values) write(table, columns, cells, timestamp)
      return true
    }
  }
}

const rowId = ({ name }: Table, key: readonly Cell[]) => JSON.stringify([name, ...key])

/** https://cloud.google.com/spanner/docs/commit-timestamp */
function stamped(table: Table, name: string, cell: Cell, timestamp: string): Cell {
  if (cell.stringValue !== 'spanner.commit_timestamp()') return cell
  return columnOf(table, name).commitTimestamp ? { stringValue: timestamp } : cell
}
