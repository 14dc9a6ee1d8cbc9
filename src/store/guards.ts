import type { Row, Value } from '../values/value.ts'
import type { CurrentRows, Guard } from './store.ts'
import { oncePerTable, type Table } from './table.ts'

/** The guards of one table, each key once. */
export interface GuardedTable {
  readonly table: Table
  readonly keys: readonly (readonly Value[])[]
  /** What to read of each row: the primary key, then the guard columns. */
  readonly columns: readonly string[]
}

const guardedColumns = oncePerTable(({ primaryKey, guardColumns }): readonly string[] => [
  ...new Set([...primaryKey, ...guardColumns])
])

/** Group guards by table, in order of first appearance, and drop repeated keys. */
export function groupGuards(guards: readonly Guard[]): readonly GuardedTable[] {
  const tables = new Map<string, { table: Table; keys: Map<string, readonly Value[]> }>()
  for (const { table, key } of guards) {
    const group = tables.get(table.name) ?? { table, keys: new Map() }
    tables.set(table.name, group)
    group.keys.set(JSON.stringify(key), key)
  }
  return [...tables.values()].map(({ table, keys }) => ({
    table,
    keys: [...keys.values()],
    columns: guardedColumns(table)
  }))
}

/** Look rows up by table and key. Values are canonical, so their JSON is the key. */
export function indexRows(
  found: Iterable<{ readonly table: Table; readonly rows: readonly Row[] }>
): CurrentRows {
  const tables = new Map<string, Map<string, Row>>()
  for (const { table, rows } of found) {
    const byKey = new Map<string, Row>()
    for (const row of rows) {
      byKey.set(JSON.stringify(table.primaryKey.map((name) => row[name] ?? null)), row)
    }
    tables.set(table.name, byKey)
  }
  return { get: (table, key) => tables.get(table.name)?.get(JSON.stringify(key)) }
}
