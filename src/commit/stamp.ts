import { columnOf, managed, type Table } from '../store/table.ts'
import type { Value } from '../values/value.ts'

/** A place in the order of all writes to one row: the version, then the event key. */
export interface Stamp {
  readonly version: Value
  readonly key: Value
}

/**
 * Order two stamps of one table: negative when `a` is older. Equal versions are ordered by event
 * key, so two events never tie and every order of delivery ends in the same row.
 */
export function compareStamps(table: Table, a: Stamp, b: Stamp): number {
  return compareVersions(table, a.version, b.version) || compareText(String(a.key), String(b.key))
}

function compareVersions(table: Table, a: Value, b: Value): number {
  if (columnOf(table, managed.version).type.scalar !== 'INT64') {
    return compareText(String(a), String(b))
  }
  const [left, right] = [BigInt(String(a)), BigInt(String(b))]
  return left < right ? -1 : Number(left > right)
}

/** UTF-8 order is what Spanner sorts strings by; UTF-16 order differs beyond the basic plane. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
