import { isFailure } from '../../failures.ts'
import { findMismatches } from '../schema/compare.ts'
import type { Mismatch, Store } from '../store.ts'
import type { Table } from '../table.ts'
import { checkDatabase } from './check-database.ts'
import { commit } from './commit.ts'
import { type Connection, type ConnectOptions, connect } from './connect.ts'
import { readLiveTables } from './live-tables.ts'
import { list, onSnapshot, read } from './read.ts'
import { readTime } from './read-rows.ts'

export interface SpannerOptions extends ConnectOptions {
  /** For a whole commit: its reads, its retries and its waiting. */
  readonly commitTimeoutMs: number
  readonly readTimeoutMs: number
  /** Called when Spanner aborted a transaction that is retried. */
  readonly onAbort?: () => void
}

/**
 * Open a Spanner database of GoogleSQL dialect. The session is warm when it resolves. When Spanner
 * does not answer, or does not allow it yet, the start goes on: calls fail with a `Failure` until
 * it does. With an emulator, call `prepareEmulatorEnvironment` before.
 *
 * @throws {Failure} DATABASE_UNSUPPORTED: the database does not exist, or has another dialect
 * @throws {Failure} CONFIG_INVALID: not the full name of a database
 */
export async function openSpannerStore(options: SpannerOptions): Promise<Store> {
  const { commitTimeoutMs: timeoutMs, readTimeoutMs, onAbort } = options
  const connection = await connect(options)
  let checked = await checkedAtStart(connection, options)
  const { track, settled } = createInFlight()
  return {
    commit: (guards, decide) => track(commit(connection, guards, decide, { timeoutMs, onAbort })),
    read: (table, key, columns, freshness, signal) =>
      track(read(connection, { table, key, columns }, freshness, readTime(readTimeoutMs, signal))),
    list: (select, freshness, signal) =>
      track(list(connection, select, freshness, readTime(readTimeoutMs, signal))),
    async verify(tables) {
      if (!checked) await track(checkDatabase(connection, options))
      checked = true
      return track(verify(connection, tables, readTimeoutMs))
    },
    async close() {
      await settled()
      await connection.close()
    }
  }
}

async function checkedAtStart(connection: Connection, options: SpannerOptions): Promise<boolean> {
  try {
    await checkDatabase(connection, options)
    return true
  } catch (error) {
    if (isFailure(error, 'retry')) return false
    await connection.close()
    throw error
  }
}

async function verify(
  connection: Connection,
  tables: readonly Table[],
  timeoutMs: number
): Promise<readonly Mismatch[]> {
  const names = tables.map(({ name }) => name)
  const live = await onSnapshot(
    connection,
    { kind: 'strong' },
    readTime(timeoutMs),
    (snapshot, time) => readLiveTables(snapshot, names, time)
  )
  return tables.flatMap((table) => findMismatches(table, live.get(table.name)))
}

export interface InFlight {
  /** Do work and remember it until it is over. */
  track<T>(work: Promise<T>): Promise<T>
  /** Wait until everything that was tracked is over, however it ended. */
  settled(): Promise<void>
}

/** Remember calls that are not over, so that closing a store can wait for them. */
function createInFlight(): InFlight {
  const pending = new Set<Promise<unknown>>()
  return {
    track(work) {
      const tracked = work.finally(() => pending.delete(tracked))
      pending.add(tracked)
      return tracked
    },
    async settled() {
      await Promise.allSettled(pending)
    }
  }
}
