import type { Plan, StateWrite } from '../plan.ts'
import { columnOf, managedColumns, type Table } from '../store/table.ts'
import { COMMIT_TIMESTAMP, type Row, type Value, type WrittenRow } from '../values/value.ts'
import type { Folded, Rows } from './rows.ts'

/** Fold one write to a `state` row: the newest stamp wins, and a tombstone is a row like any other. */
export function foldState(write: StateWrite, plan: Plan, rows: Rows): Folded {
  const stamp = stampOf(write, plan)
  const current = rows.get(write)
  if (current?.[managedColumns.key] === stamp.key) return { outcome: 'duplicate' }
  if (current && compareStamps(write.table, stamp, storedStamp(current)) < 0) {
    return { outcome: 'stale' }
  }
  const changes: WrittenRow = {
    ...wholeRow(write),
    [managedColumns.version]: stamp.version,
    [managedColumns.key]: stamp.key,
    [managedColumns.committedAt]: COMMIT_TIMESTAMP,
    [managedColumns.deletedAt]: write.operation === 'delete' ? COMMIT_TIMESTAMP : null
  }
  return { outcome: 'applied', changes }
}

/** Return the value of every column besides the key and the managed ones after this write. */
export function wholeRow({ operation, table, values }: StateWrite): Row {
  if (operation !== 'delete') return values
  const others: readonly string[] = [...table.primaryKey, ...Object.values(managedColumns)]
  const columns = table.columns.filter(({ name }) => !others.includes(name))
  return Object.fromEntries(columns.map(({ name }) => [name, null]))
}

/** A place in the order of all writes to one row: the version, then the event key. */
export interface Stamp {
  readonly version: Value
  readonly key: Value
}

/** Return the place of a write in that order. */
export function stampOf({ version }: StateWrite, { provenance }: Plan): Stamp {
  return { version, key: provenance.key }
}

/** Read the stamp of a stored row; its columns are NOT NULL, so a row always has one. */
export function storedStamp(row: Readonly<Record<string, unknown>>): Stamp {
  const [version, key] = [row[managedColumns.version], row[managedColumns.key]]
  if (typeof version !== 'string' || typeof key !== 'string') {
    throw new Error('a state row without event_version and event_key')
  }
  return { version, key }
}

/**
 * Order two stamps of one table: negative when `a` is older. Equal versions are ordered by event
 * key, so two events never tie and every order of delivery ends in the same row.
 */
export function compareStamps(table: Table, a: Stamp, b: Stamp): number {
  return compareVersions(table, a.version, b.version) || compareText(String(a.key), String(b.key))
}

function compareVersions(table: Table, a: Value, b: Value): number {
  if (columnOf(table, managedColumns.version).type.scalar !== 'INT64') {
    return compareText(String(a), String(b))
  }
  const [left, right] = [BigInt(String(a)), BigInt(String(b))]
  return left < right ? -1 : Number(left > right)
}

/** UTF-8 order is what Spanner sorts strings by; UTF-16 order differs beyond the basic plane. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
