import type { Reason } from '../failures.ts'
import type { Plan, RowId, Write, WriteOutcome } from '../plan.ts'
import type { CurrentRows, Mutation } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Value, WrittenValue } from '../values/value.ts'

/** Values of some columns of a row. */
export type WrittenRow = Readonly<Record<string, WrittenValue>>

/** A row by what names it; every write names one. */
export type RowRef = Pick<Write, 'table' | 'key' | 'row'>

/** The rows of one transaction as they would be after the plans folded so far. */
export interface Rows {
  get(ref: RowRef): WrittenRow | undefined
}

/** What a write comes to, given the rows before it; or why its event cannot land. */
export type Folded =
  | { readonly outcome: WriteOutcome; readonly changes?: WrittenRow }
  | { readonly refused: Reason }

/** Decide one write of a plan. Pure. */
export type Fold<W extends Write> = (write: W, plan: Plan, rows: Rows) => Folded

export interface ChangingRows extends Rows {
  /** Change some columns of a row; what is not named stays. */
  change(ref: RowRef, changes: WrittenRow): void
  /** One mutation per changed row, in the order of first change. */
  mutations(): readonly Mutation[]
}

/** Fold changes over the rows that a store read, without touching them. */
export function createRows(current: CurrentRows): ChangingRows {
  const changed = new Map<RowId, Mutation>()
  return {
    get({ table, key, row }) {
      const change = changed.get(row)?.row
      const stored = current.get(table, key)
      return change && stored ? { ...stored, ...change } : (change ?? stored)
    },
    change({ table, key, row }, changes) {
      const before = changed.get(row)?.row ?? keyColumns(table, key)
      changed.set(row, { table, row: { ...before, ...changes } })
    },
    mutations: () => [...changed.values()]
  }
}

function keyColumns(table: Table, key: readonly Value[]): WrittenRow {
  return Object.fromEntries(table.primaryKey.map((name, i) => [name, key[i] ?? null]))
}
