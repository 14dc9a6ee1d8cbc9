import { Failure, storedReason } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import {
  type DeliveryOutcome,
  dryRunDelivery,
  landDelivery,
  type RetryPolicy,
  withRetries
} from '../retries.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../values/value.ts'
import { batchBytes, changeDeadLetters, inBatches } from './change.ts'
import { type DeadLetterSummary, readDeadLetter, type StoredDeadLetter } from './stored.ts'

export interface ReplayOptions {
  readonly store: Pick<Store, 'read' | 'commit'>
  /** Made with `poison: 'reject'`: a replay is not a delivery, and is not counted as one. */
  readonly ingest: Ingest
  readonly retries: RetryPolicy
}

export interface Replayed extends DeliveryOutcome {
  readonly letter: DeadLetterSummary
}

/**
 * Land dead letters as deliveries are landed, and mark the result: one that landed is `replayed`,
 * another keeps its status and gets the new reason. Each is tried once. Ends early, between two
 * batches, when the signal of `retries` is aborted.
 *
 * The event is committed first and the mark after it. A crash between the two does no harm: the dead
 * letter is still open, and its next replay has no second effect, because an event has its effect
 * once. In the other order, an event could be lost.
 *
 * @throws {Failure} with the action `retry`, after everything that landed was marked
 */
export async function* replayDeadLetters(
  letters: AsyncIterable<DeadLetterSummary>,
  options: ReplayOptions
): AsyncGenerator<Replayed> {
  for await (const batch of batchesOf(letters, options)) {
    if (options.retries.signal.aborted) return
    const results = await Promise.all(batch.map((letter) => replay(letter, options)))
    const replayed = results.flatMap((result) => (result instanceof Failure ? [] : [result]))
    await mark(replayed, options)
    yield* replayed
    const failure = results.find((result) => result instanceof Failure)
    if (failure) throw failure
  }
}

/** Return what a replay of each dead letter would do, and write nothing. */
export async function* dryRunDeadLetters(
  letters: AsyncIterable<DeadLetterSummary>,
  options: ReplayOptions
): AsyncGenerator<Replayed> {
  const { ingest, retries } = options
  for await (const batch of batchesOf(letters, options)) {
    for (const letter of batch) {
      if (retries.signal.aborted) return
      const outcome = await withRetries(() => dryRunDelivery(ingest, letter.delivery), retries)
      yield { letter, ...outcome }
    }
  }
}

function batchesOf(letters: AsyncIterable<DeadLetterSummary>, { store, retries }: ReplayOptions) {
  const read = ({ id }: DeadLetterSummary) => withRetries(() => readDeadLetter(store, id), retries)
  return inBatches(readAll(letters, read), ({ delivery }) => delivery.body.length)
}

/** Reads a few at a time: a body has up to 16 MiB, and its size is unknown until it is read. */
async function* readAll(
  letters: AsyncIterable<DeadLetterSummary>,
  read: (letter: DeadLetterSummary) => Promise<StoredDeadLetter | undefined>
): AsyncGenerator<StoredDeadLetter> {
  for await (const few of inBatches(letters, () => batchBytes / 8)) {
    for (const letter of await Promise.all(few.map(read))) if (letter) yield letter
  }
}

async function replay(
  letter: StoredDeadLetter,
  { ingest, retries }: ReplayOptions
): Promise<Replayed | Failure> {
  try {
    return { letter, ...(await withRetries(() => landDelivery(ingest, letter.delivery), retries)) }
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function mark(
  replayed: readonly Replayed[],
  { store, retries }: ReplayOptions
): Promise<void> {
  if (replayed.length === 0) return
  const changes = new Map(replayed.map((each) => [each.letter.id, markOf(each)]))
  await withRetries(() => changeDeadLetters(store, changes), retries)
}

function markOf({ verdict, reason }: Replayed): (row: Row) => Row {
  return (row) => {
    const replays = String(Number(row['replays']) + 1)
    if (verdict !== 'dead-lettered') return { replays, status: 'replayed' }
    if (!reason) return { replays }
    const { code, detail } = storedReason(reason)
    return { replays, reason: code, detail }
  }
}
