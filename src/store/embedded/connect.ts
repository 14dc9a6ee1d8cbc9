import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../failures.ts'
import type { Table } from '../table.ts'
import { type CommitClock, createCommitClock } from './commit-clock.ts'
import { createMissing } from './schema.ts'
import { createPrepare, type Prepare } from './statements.ts'

export interface EmbeddedOptions {
  /** Path of the database file, or `:memory:`. Its folder is created. */
  readonly file: string
  readonly tables: readonly Table[]
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number
  /** How long a commit waits for another process that writes to the same file. */
  readonly busyTimeoutMs?: number
}

export interface Connection {
  readonly database: DatabaseSync
  readonly prepare: Prepare
  readonly clock: CommitClock
  readonly busyTimeoutMs: number
}

/** Open the file, create it if it is missing, and make commits durable. */
export function connect({
  file,
  tables,
  now = Date.now,
  busyTimeoutMs = 5000
}: EmbeddedOptions): Connection {
  const database = openFile(file, busyTimeoutMs)
  database.exec('PRAGMA journal_mode = WAL')
  // FULL is what makes a commit in WAL mode durable: https://www.sqlite.org/pragma.html.
  database.exec('PRAGMA synchronous = FULL')
  const clock = transaction(database, () => {
    createMissing(database, tables)
    return createCommitClock(database, now)
  })
  // From here on `unlessBusy` waits. SQLite would block the thread that answers all requests.
  database.exec('PRAGMA busy_timeout = 5')
  return { database, prepare: createPrepare(database), clock, busyTimeoutMs }
}

/** SQLITE_BUSY: another process writes to the file. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5

/** Do work; while another process has the file, do it again after a pause, until the time is up. */
export async function unlessBusy<T>(timeoutMs: number, work: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
    }
    await sleep(pauseMs)
  }
}

/** Some commits long, on the disks that this store is for. */
const pauseMs = 5

function openFile(file: string, timeout: number): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    return new DatabaseSync(file, { timeout })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('STORE_UNAVAILABLE', `Cannot open ${file}: ${message}.`, { cause })
  }
}

/** Run work in an exclusive transaction on the file, which is rolled back when the work throws. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // Some errors have ended the transaction already: https://www.sqlite.org/lang_transaction.html.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
