import type { Mutation } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Value, WrittenValue } from '../values/value.ts'

type WrittenRow = Readonly<Record<string, WrittenValue>>

/** The rows of one transaction as they would be after the plans folded so far. */
export interface Rows {
  get(table: Table, key: readonly Value[]): WrittenRow | undefined
  /** Change some columns of a row; what is not named stays. */
  put(table: Table, key: readonly Value[], changes: WrittenRow): void
  /** Take over the mutation that other rows, made over these, came to. */
  take(mutation: Mutation): void
  /** One mutation per changed row, in the order of first change. */
  mutations(): readonly Mutation[]
}

/** What changes are folded over: the rows a store read, or rows already changed. */
interface BaseRows {
  get(table: Table, key: readonly Value[]): WrittenRow | undefined
}

/** Fold changes over rows without touching them. */
export function createRows(current: BaseRows): Rows {
  const changed = new Map<string, Mutation>()
  return {
    get(table, key) {
      const change = changed.get(rowId(table, key))?.row
      const stored = current.get(table, key)
      return change && stored ? { ...stored, ...change } : (change ?? stored)
    },
    put(table, key, changes) {
      const id = rowId(table, key)
      const before = changed.get(id)?.row ?? keyColumns(table, key)
      changed.set(id, { table, row: { ...before, ...changes } })
    },
    take({ table, row }) {
      const key = table.primaryKey.map((name) => row[name] as Value)
      const id = rowId(table, key)
      changed.set(id, { table, row: { ...changed.get(id)?.row, ...row } })
    },
    mutations: () => [...changed.values()]
  }
}

/** Name a row, the same for every spelling of its key. */
export function rowId(table: Table, key: readonly Value[]): string {
  return `${table.name}${JSON.stringify(key)}`
}

function keyColumns(table: Table, key: readonly Value[]): WrittenRow {
  return Object.fromEntries(table.primaryKey.map((name, i) => [name, key[i] ?? null]))
}
