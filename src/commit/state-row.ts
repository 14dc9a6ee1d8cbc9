import type { StateWrite } from '../plan.ts'
import { managed, type Table } from '../store/table.ts'
import type { Value } from '../values/value.ts'
import type { Stamp } from './stamp.ts'

/** Give every column besides the key and the managed ones its value after an upsert or a delete. */
export function wholeRow({ table, values }: StateWrite): Record<string, Value> {
  return Object.fromEntries(dataColumns(table).map((name) => [name, values[name] ?? null]))
}

function dataColumns(table: Table): readonly string[] {
  const others = new Set<string>([...table.primaryKey, ...Object.values(managed)])
  return table.columns.map((column) => column.name).filter((name) => !others.has(name))
}

/** Read the stamp of a stored row; its columns are NOT NULL, so a row always has one. */
export function storedStamp(row: Readonly<Record<string, unknown>>): Stamp {
  const [version, key] = [row[managed.version], row[managed.key]]
  if (typeof version !== 'string' || typeof key !== 'string') {
    throw new Error('a state row without event_version and event_key')
  }
  return { version, key }
}
