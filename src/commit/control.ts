import type { RetryFailure } from '../failures.ts'
import type { Write } from '../plan.ts'
import type { CurrentRows, Mutation, Store } from '../store/store.ts'
import { type Column, oncePerTable, type Table } from '../store/table.ts'
import { columnTypes } from '../values/column-types.ts'
import type { Value } from '../values/value.ts'
import { toRetry } from './outcome.ts'

/**
 * Ask whether the store takes commits that have nothing of an event in them, by writing to each of
 * its tables and changing nothing: a row that is there is written back as it is, and one that is not
 * is written empty and deleted in the same commit. See docs/decisions/0016.
 *
 * @returns why not, or undefined when the commit succeeded
 */
export async function tryControl(
  store: Pick<Store, 'commit'>,
  writes: readonly Write[]
): Promise<RetryFailure | undefined> {
  const rows = onePerTable(writes).map(({ table, key }) => ({ table: wholeRows(table), key }))
  try {
    await store.commit(rows, (current) => ({
      mutations: rows.flatMap(({ table, key }) => rewrite(table, key, current)),
      result: undefined
    }))
    return undefined
  } catch (error) {
    return toRetry(error)
  }
}

/** Take the first write to each table. */
export function onePerTable(writes: readonly Write[]): readonly Write[] {
  const first = new Map<string, Write>()
  for (const write of writes) if (!first.has(write.table.name)) first.set(write.table.name, write)
  return [...first.values()]
}

/** The table with all of its columns as guards, so that a row can be written back. */
const wholeRows = oncePerTable(
  (table): Table => ({ ...table, guardColumns: table.columns.map(({ name }) => name) })
)

function rewrite(table: Table, key: readonly Value[], current: CurrentRows): readonly Mutation[] {
  const row = current.get(table, key)
  if (row) return [{ table, row }]
  const named = table.primaryKey.map((name, i) => [name, key[i] ?? null])
  const required = table.columns.filter(({ notNull }) => notNull)
  const empty = Object.fromEntries([
    ...required.map((column) => [column.name, zeroOf(column)]),
    ...named
  ])
  return [
    { table, row: empty },
    { table, row: Object.fromEntries(named), deletes: true }
  ]
}

const zeroOf = ({ type }: Column): Value => (type.array ? [] : columnTypes[type.scalar].zero)
