import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from '@google-cloud/spanner'
import { type Failure, isFailure } from '../../failures.ts'
import { groupGuards, indexRows } from '../guards.ts'
import type { Committed, CurrentRows, Decision, Guard, Mutation } from '../store.ts'
import { columnOf } from '../table.ts'
import type { Connection } from './connect.ts'
import { storeFailure } from './errors.ts'
import { readRows, readTimestamp } from './read-rows.ts'
import { type Encoders, encodeKey, encodeValue, formatTimestamp } from './wire.ts'

type Decide<T> = (current: CurrentRows) => Decision<T>

export interface CommitOptions {
  /** For all attempts together. */
  readonly timeoutMs: number
  /** Told when an attempt was aborted and another follows. */
  readonly onAbort: (() => void) | undefined
}

interface Attempt {
  readonly connection: Connection
  readonly transaction: Transaction
  /** Milliseconds until the commit must be over. */
  readonly left: () => number
  /** Set when Spanner aborted the transaction, which has then done nothing. */
  aborted?: Failure
  /** Set when Spanner has answered the commit. */
  committed?: true
}

/**
 * Commit in one transaction; when Spanner aborts it, do all of it again with fresh rows until the
 * time is up. The client's own runner waits 1 to 2 s before it tries again and does not roll back
 * when a decision throws, which is why it is not used.
 */
export async function commit<T>(
  connection: Connection,
  guards: readonly Guard[],
  decide: Decide<T>,
  { timeoutMs, onAbort }: CommitOptions
): Promise<Committed<T>> {
  const deadline = performance.now() + timeoutMs
  const left = () => deadline - performance.now()
  let previous: Transaction['id']
  let aborted: Failure | undefined
  for (let attempts = 0; ; attempts++) {
    const attempt = await begin(connection, left, previous)
    try {
      return await tryOnce(attempt, guards, decide)
    } catch (error) {
      const pause = backoffMs(attempts)
      const last = lastError(error, attempt, pause, aborted)
      if (last) throw last
      aborted = attempt.aborted
      onAbort?.()
      await sleep(pause)
    } finally {
      release(attempt)
      previous = attempt.transaction.id
    }
  }
}

/** With less time than this another attempt would only end in a timeout, which says less. */
const shortestAttemptMs = 50

/**
 * Return what to throw, or nothing where there is time for another attempt. After an abort, a
 * deadline says only that little time was left: what keeps the commit from its end is contention.
 */
function lastError(
  error: unknown,
  { aborted, left }: Attempt,
  pause: number,
  before: Failure | undefined
): unknown {
  if (error === aborted) return pause + shortestAttemptMs >= left() ? error : undefined
  const late = isFailure(error) && error.code === 'STORE_UNAVAILABLE' && left() < shortestAttemptMs
  return late ? (before ?? error) : error
}

/** Short at first, because most conflicts are over with the other commit; never in step. */
const backoffMs = (attempts: number) => (0.5 + Math.random()) * Math.min(200, 4 * 2 ** attempts)

/** Sends nothing: the transaction begins with its first read or its commit. */
async function begin(
  connection: Connection,
  left: () => number,
  previous: Transaction['id']
): Promise<Attempt> {
  try {
    const transaction = await connection.transaction(left())
    // The place in the queue for locks is kept: older transactions are not aborted by younger ones.
    if (previous) transaction.multiplexedSessionPreviousTransactionId = previous
    return { connection, transaction, left }
  } catch (error) {
    throw storeFailure(error)
  }
}

async function tryOnce<T>(
  attempt: Attempt,
  guards: readonly Guard[],
  decide: Decide<T>
): Promise<Committed<T>> {
  const current = await translated(attempt, () => readGuards(attempt, guards))
  const { mutations, result } = decide(current)
  const idle = guards.length === 0 && mutations.length === 0
  const commitTimestamp = await translated(attempt, () =>
    idle ? readTimestamp(attempt.transaction.session, attempt.left()) : write(attempt, mutations)
  )
  return { result, commitTimestamp }
}

async function translated<T>(attempt: Attempt, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    attempt.connection.failed(attempt.transaction, error)
    const failure = storeFailure(error)
    if (failure.code === 'STORE_CONTENDED') attempt.aborted = failure
    throw failure
  }
}

/** All tables at once; the first read begins the transaction, so it is alone for a moment. */
async function readGuards(attempt: Attempt, guards: readonly Guard[]): Promise<CurrentRows> {
  const { connection, transaction, left } = attempt
  const found = groupGuards(guards).map(async ({ table, index, keys, columns }) => {
    const encoded = keys.map((key) => encodeKey(connection.encoders, table, key))
    const from = { table, keys: encoded, columns, index: index?.name }
    return { table, index, rows: await readRows(transaction, from, { left, signal: undefined }) }
  })
  return indexRows(await Promise.all(found))
}

/** Without guards the commit is the whole transaction: one request, and a blind write. */
async function write(attempt: Attempt, mutations: readonly Mutation[]): Promise<string> {
  const { connection, transaction, left } = attempt
  for (const [first, ...others] of groupMutations(mutations.filter(({ deletes }) => !deletes))) {
    const rows = [first, ...others].map((mutation) => encodeRow(connection.encoders, mutation))
    transaction.upsert(first.table.name, rows)
  }
  for (const mutation of mutations.filter(({ deletes }) => deletes)) {
    const { name, primaryKey } = mutation.table
    const row = encodeRow(connection.encoders, mutation)
    // The client types keys as strings, and encodes whatever it is given.
    transaction.deleteRows(name, [primaryKey.map((column) => row[column] as string)])
  }
  const timeout = Math.max(1, Math.ceil(left()))
  const [{ commitTimestamp }] = await transaction.commit({ gaxOptions: { timeout } })
  attempt.committed = true
  return formatTimestamp(commitTimestamp)
}

type Group = [Mutation, ...Mutation[]]

/** Rows of one table with the same columns share one mutation, which names them once. */
function groupMutations(mutations: readonly Mutation[]): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const mutation of mutations) {
    const shape = [mutation.table.name, ...Object.keys(mutation.row).sort()].join()
    const group = groups.get(shape)
    if (group) group.push(mutation)
    else groups.set(shape, [mutation])
  }
  return groups.values()
}

const encodeRow = (encoders: Encoders, { table, row }: Mutation) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      encodeValue(encoders, columnOf(table, name).type, value)
    ])
  )

/**
 * Free the session, and what the transaction may have locked: also after a commit that failed, which
 * may never have arrived. Without the rollback others would wait for ten seconds, until Spanner aborts
 * the transaction as idle (https://cloud.google.com/spanner/docs/transactions#idle_transactions).
 */
function release({ transaction, aborted, committed }: Attempt): void {
  if (aborted || committed || !transaction.id) {
    transaction.end()
    return
  }
  transaction
    .rollback({ timeout: 1000 })
    .catch(() => undefined)
    .finally(() => transaction.end())
}
