import type { Snapshot } from '@google-cloud/spanner'
import { isFailure } from '../../failures.ts'
import type { ColumnType } from '../../values/column-types.ts'
import type { Row, Value } from '../../values/value.ts'
import { type Dialect, quote, selectSql } from '../select.ts'
import type { Freshness, RowPage, Select } from '../store.ts'
import type { Table } from '../table.ts'
import type { Connection } from './connect.ts'
import { readFailure } from './errors.ts'
import { queryPage, type ReadTime, readRows } from './read-rows.ts'
import { encodeKey, encodeValue } from './wire.ts'

/**
 * Do work on a read-only view of the database that takes no locks. Each `snapshot()` serves one
 * read or query. The session and all of them share the time.
 *
 * @throws {Failure} what `readFailure` makes of an error
 */
export async function onSnapshot<T>(
  connection: Connection,
  freshness: Freshness,
  time: ReadTime,
  work: (snapshot: () => Snapshot, time: ReadTime) => Promise<T>
): Promise<T> {
  const session = await connection.transaction(time.left(), time.signal).catch((error: unknown) => {
    throw readFailure(error)
  })
  const used: Snapshot[] = []
  try {
    return await work(() => {
      const snapshot = session.session.snapshot(bounds(connection, freshness))
      used.push(snapshot)
      return snapshot
    }, time)
  } catch (error) {
    connection.failed(session, error)
    throw readFailure(error)
  } finally {
    for (const snapshot of [...used, session]) snapshot.end()
  }
}

/** https://cloud.google.com/spanner/docs/timestamp-bounds */
function bounds({ encoders }: Connection, freshness: Freshness) {
  if (freshness.kind === 'stale') return { exactStaleness: freshness.ms }
  if (freshness.kind === 'strong') return { strong: true }
  return { minReadTimestamp: encoders.timestamp(freshness.commitTimestamp) }
}

/** Who takes an old answer takes a new one: the table may be younger than the staleness allowed. */
async function onSnapshotOrNow<T>(
  connection: Connection,
  freshness: Freshness,
  time: ReadTime,
  work: (snapshot: () => Snapshot) => Promise<T>
): Promise<T> {
  try {
    return await onSnapshot(connection, freshness, time, work)
  } catch (error) {
    const tooOld = freshness.kind === 'stale' && isFailure(error)
    if (!tooOld || error.code !== 'STORE_MISCONFIGURED') throw error
    return onSnapshot(connection, { kind: 'strong' }, time, work)
  }
}

/** Read one row by its key. */
export async function read(
  connection: Connection,
  { table, key, columns }: { table: Table; key: readonly Value[]; columns: readonly string[] },
  freshness: Freshness,
  time: ReadTime
): Promise<Row | undefined> {
  return onSnapshotOrNow(connection, freshness, time, async (snapshot) => {
    const keys = [encodeKey(connection.encoders, table, key)]
    const [row] = await readRows(snapshot(), { table, keys, columns }, time)
    return row
  })
}

export const spannerDialect: Dialect = {
  from(table, index) {
    const hints = [`FORCE_INDEX=${index ? quote(index.name) : '_BASE_TABLE'}`]
    // The emulator does not see the IS NOT NULL of the query; Spanner ignores a hint for the emulator.
    if (index?.unique) hints.push('spanner_emulator.disable_query_null_filtered_index_check=true')
    return `FROM ${quote(table.name)}@{${hints.join(', ')}}`
  }
}

/** Read one page of rows. */
export async function list(
  connection: Connection,
  select: Select,
  freshness: Freshness,
  time: ReadTime
): Promise<RowPage> {
  const { sql, params, limit } = selectSql(select, spannerDialect)
  const values = params.map(({ column, value }, index) => [
    `p${index + 1}`,
    encodeValue(connection.encoders, column.type, value)
  ])
  const types = params.map(({ column }, index) => [`p${index + 1}`, clientType(column.type)])
  const query = {
    sql,
    params: { ...Object.fromEntries(values), limit: String(limit) },
    types: { ...Object.fromEntries(types), limit: 'int64' }
  }
  return onSnapshotOrNow(connection, freshness, time, (snapshot) =>
    queryPage(snapshot(), select, query, time)
  )
}

/** The client's names of types are those of GoogleSQL in lower case. */
const clientType = ({ scalar }: ColumnType) => scalar.toLowerCase()
