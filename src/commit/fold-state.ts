import type { Plan, StateWrite } from '../plan.ts'
import { managed } from '../store/table.ts'
import { COMMIT_TIMESTAMP } from '../values/value.ts'
import { foldMergeable } from './fold-mergeable.ts'
import type { Rows } from './rows.ts'
import { compareStamps, type Stamp } from './stamp.ts'
import { storedStamp, wholeRow } from './state-row.ts'
import type { WriteOutcome } from './write-outcome.ts'

/** Fold one write to a `state` row: the newest stamp wins, and a tombstone is a row like any other. */
export function foldState(write: StateWrite, plan: Plan, rows: Rows): WriteOutcome {
  const { table, key } = write
  const stamp: Stamp = { version: write.version, key: plan.eventKey }
  if (table.columns.some((column) => column.name === managed.columnVersions)) {
    return foldMergeable(write, stamp, rows)
  }
  const current = rows.get(table, key)
  if (current?.[managed.key] === stamp.key) return 'duplicate'
  if (current && compareStamps(table, stamp, storedStamp(current)) < 0) return 'stale'
  rows.put(table, key, {
    ...wholeRow(write),
    [managed.version]: stamp.version,
    [managed.key]: stamp.key,
    [managed.committedAt]: COMMIT_TIMESTAMP,
    [managed.deletedAt]: write.operation === 'delete' ? COMMIT_TIMESTAMP : null
  })
  return 'applied'
}
