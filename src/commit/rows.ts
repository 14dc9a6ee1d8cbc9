import type { Reason } from '../failures.ts'
import {
  type Plan,
  type RowId,
  type RowRef,
  rowId,
  type Write,
  type WriteOutcome
} from '../plan.ts'
import type { CurrentRows, Mutation } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Value, WrittenRow } from '../values/value.ts'
import { type Entries, entryChanges, entryId } from './unique.ts'

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

export interface ChangingRows extends Rows, Entries {
  /** Change some columns of a row; what is not named stays. */
  change(ref: RowRef, changes: WrittenRow): void
  /** One mutation per changed row, in the order of first change. */
  mutations(): readonly Mutation[]
}

/** Fold changes over the rows that a store read, without touching them. */
export function createRows(current: CurrentRows): ChangingRows {
  const changed = new Map<RowId, Mutation>()
  const holders = new Map<string, RowId | undefined>()

  function get({ table, key, row }: RowRef): WrittenRow | undefined {
    const change = changed.get(row)?.row
    const stored = current.get(table, key)
    return change && stored ? { ...stored, ...change } : (change ?? stored)
  }

  return {
    get,
    holder(entry) {
      const { table, index, values } = entry
      const name = entryId(entry)
      if (holders.has(name)) return holders.get(name)
      const found = current.get(table, values, index)
      const key = found && table.primaryKey.map((column) => found[column] ?? null)
      return key && rowId(table, key)
    },
    change(ref, changes) {
      const { table, key, row } = ref
      for (const { before, after } of entryChanges(ref, { get }, changes)) {
        if (before) holders.set(entryId(before), undefined)
        if (after) holders.set(entryId(after), row)
      }
      const before = changed.get(row)?.row ?? keyColumns(table, key)
      changed.set(row, { table, row: { ...before, ...changes } })
    },
    mutations: () => [...changed.values()]
  }
}

function keyColumns(table: Table, key: readonly Value[]): WrittenRow {
  return Object.fromEntries(table.primaryKey.map((name, i) => [name, key[i] ?? null]))
}
