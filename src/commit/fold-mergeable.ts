import type { Plan, StateWrite, WriteOutcome } from '../plan.ts'
import { managedColumns, type Table } from '../store/table.ts'
import { COMMIT_TIMESTAMP, type Value, type WrittenRow } from '../values/value.ts'
import { compareStamps, type Stamp, stampOf, storedStamp, wholeRow } from './fold-state.ts'
import type { Folded, Rows } from './rows.ts'

/**
 * What a mergeable row remembers: the last write of the whole row, and of each column that a merge
 * set after it, the stamp. With it a merge that arrives late still sets the columns that nothing
 * newer has set, so every order of delivery ends in the same row. See docs/decisions/0003.
 */
interface History {
  /** The newest stamp when this was written: one that differs from the row's is out of date. */
  readonly newest: readonly [version: Value, key: Value]
  /** Absent until the row was upserted or deleted once. */
  readonly base?: readonly [version: Value, key: Value]
  readonly columns: Readonly<Record<string, readonly [version: Value, key: Value]>>
}

type Changes = Omit<History, 'newest'>
type Stamped = { readonly history: Changes; readonly newest: Stamp | undefined }

/** Fold one write to a row of a collection that some contract merges into. */
export function foldMergeable(write: StateWrite, plan: Plan, rows: Rows): Folded {
  const stamp = stampOf(write, plan)
  const before = readHistory(rows.get(write))
  const base = toStamp(before.history.base)
  if (base?.key === stamp.key) return { outcome: 'duplicate' }
  if (base && compareStamps(write.table, stamp, base) < 0) return { outcome: 'stale' }
  return write.operation === 'merge'
    ? foldMerge(write, stamp, before)
    : foldWhole(write, stamp, before)
}

/** An upsert or a delete sets every column, except those that a newer merge has set. */
function foldWhole(write: StateWrite, stamp: Stamp, before: Stamped): Folded {
  const { table } = write
  const newer = Object.entries(before.history.columns).filter(
    ([, [version, key]]) => compareStamps(table, { version, key }, stamp) > 0
  )
  const values = { ...wholeRow(write) }
  for (const [name] of newer) delete values[name]
  const newest = newestOf(table, stamp, before.newest)
  const deleted = write.operation === 'delete' && newest === stamp
  const history = { base: [stamp.version, stamp.key], columns: Object.fromEntries(newer) } as const
  return applied({ values, history, newest, deleted })
}

/** A merge sets the present columns, except those that something newer has set. */
function foldMerge(write: StateWrite, stamp: Stamp, before: Stamped): Folded {
  const { table } = write
  const { columns, base } = before.history
  const winning = Object.entries(write.values).filter(([name]) => {
    const set = toStamp(columns[name])
    return !set || compareStamps(table, stamp, set) > 0
  })
  const newest = newestOf(table, stamp, before.newest)
  if (winning.length === 0 && newest !== stamp) {
    return { outcome: repeated(stamp, before) }
  }
  const set = Object.fromEntries(
    winning.map(([name]) => [name, [stamp.version, stamp.key] as const])
  )
  const history: Changes = { ...(base && { base }), columns: { ...columns, ...set } }
  return applied({ values: Object.fromEntries(winning), history, newest, deleted: false })
}

function repeated(stamp: Stamp, { history, newest }: Stamped): WriteOutcome {
  const seen = [newest?.key, ...Object.values(history.columns).map(([, key]) => key)]
  return seen.includes(stamp.key) ? 'duplicate' : 'stale'
}

interface After {
  readonly values: Readonly<Record<string, Value>>
  readonly history: Changes
  readonly newest: Stamp
  readonly deleted: boolean
}

function applied({ values, history, newest, deleted }: After): Folded {
  const remembered: History = { ...history, newest: [newest.version, newest.key] }
  const changes: WrittenRow = {
    ...values,
    [managedColumns.columnVersions]: JSON.stringify(remembered),
    [managedColumns.version]: newest.version,
    [managedColumns.key]: newest.key,
    [managedColumns.committedAt]: COMMIT_TIMESTAMP,
    [managedColumns.deletedAt]: deleted ? COMMIT_TIMESTAMP : null
  }
  return { outcome: 'applied', changes }
}

/**
 * A row that was last written by a revision without this history, before the first merge of its
 * collection or beside it during a rollout, was written whole: its stamp is the base.
 */
function readHistory(row: Readonly<Record<string, unknown>> | undefined): Stamped {
  if (!row) return { history: { columns: {} }, newest: undefined }
  const newest = storedStamp(row)
  const text = row[managedColumns.columnVersions]
  // Only this module writes the column, in this shape.
  const history = typeof text === 'string' ? (JSON.parse(text) as History) : undefined
  const known = history?.newest[0] === newest.version && history.newest[1] === newest.key
  if (history && known) return { history, newest }
  return { history: { base: [newest.version, newest.key], columns: {} }, newest }
}

function toStamp(pair: readonly [Value, Value] | undefined): Stamp | undefined {
  return pair && { version: pair[0], key: pair[1] }
}

function newestOf(table: Table, a: Stamp, b: Stamp | undefined): Stamp {
  return b && compareStamps(table, a, b) <= 0 ? b : a
}
