import type { Row, Value } from '../values/value.ts'
import type { CurrentRows, Guard } from './store.ts'
import { type Index, oncePerTable, type Table } from './table.ts'

/** The guards of one table, or of one unique index, each key once. */
export interface GuardedTable {
  /** Of an index, its entries as a table, whose key is the columns of the index. */
  readonly table: Table
  readonly index: Index | undefined
  readonly keys: readonly (readonly Value[])[]
  /** What to read of each row: the primary key, then the guard columns. */
  readonly columns: readonly string[]
}

const guardedColumns = oncePerTable(({ primaryKey, guardColumns }): readonly string[] => [
  ...new Set([...primaryKey, ...guardColumns])
])

const entryTables = oncePerTable(({ indexes, ...table }) => {
  const entries = indexes.map(({ name, columns }): [string, Table] => [
    name,
    { ...table, indexes: [], primaryKey: columns, guardColumns: table.primaryKey }
  ])
  return new Map(entries)
})

/** See the entries of an index of this table as a table. */
function entriesOf(table: Table, index: Index): Table {
  const entries = entryTables(table).get(index.name)
  if (!entries) throw new Error(`table ${table.name} has no index ${index.name}`)
  return entries
}

/** The name of what is read: a table, or an index, which may be called as a table is. */
const nameOf = (table: Table, index?: Index) => (index ? `index ${index.name}` : table.name)

/** Group guards by table and index, in order of first appearance, and drop repeated keys. */
export function groupGuards(guards: readonly Guard[]): readonly GuardedTable[] {
  const groups = new Map<
    string,
    Pick<Guard, 'table' | 'index'> & { keys: Map<string, readonly Value[]> }
  >()
  for (const { table, key, index } of guards) {
    const name = nameOf(table, index)
    const group = groups.get(name) ?? { table, ...(index && { index }), keys: new Map() }
    groups.set(name, group)
    group.keys.set(JSON.stringify(key), key)
  }
  return [...groups.values()].map(({ table: guarded, index, keys }) => {
    const table = index ? entriesOf(guarded, index) : guarded
    return { table, index, keys: [...keys.values()], columns: guardedColumns(table) }
  })
}

/** Look rows up by table and key. Values are canonical, so their JSON is the key. */
export function indexRows(
  found: Iterable<Pick<GuardedTable, 'table' | 'index'> & { readonly rows: readonly Row[] }>
): CurrentRows {
  const groups = new Map<string, Map<string, Row>>()
  for (const { table, index, rows } of found) {
    const byKey = new Map<string, Row>()
    for (const row of rows) {
      byKey.set(JSON.stringify(table.primaryKey.map((name) => row[name] ?? null)), row)
    }
    groups.set(nameOf(table, index), byKey)
  }
  return { get: (table, key, index) => groups.get(nameOf(table, index))?.get(JSON.stringify(key)) }
}
