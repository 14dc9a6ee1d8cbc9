import { Failure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import { dryRunDelivery, landDelivery, type Outcome, type Patience, patiently } from '../retries.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../values/value.ts'
import { batchBytes, changeLetters, inBatches } from './change.ts'
import { type LetterSummary, readLetter, type StoredLetter } from './stored.ts'

export interface ReplayOptions {
  readonly store: Pick<Store, 'read' | 'commit'>
  /** Refuses poison instead of storing it: a replay is not a delivery, and is not counted as one. */
  readonly ingest: Ingest
  readonly patience: Patience
}

export interface Replayed extends Outcome {
  readonly letter: LetterSummary
}

/**
 * Send dead letters through the path that every delivery takes, and mark what became of them: one
 * that landed is `replayed`, another keeps its status and gets the new reason. Each is tried once.
 * Ends early, between two batches, when the patience's signal says so.
 *
 * The landing is committed first and the mark after it. What happens between the two costs nothing:
 * the letter is still open, and its next replay has no second effect, because an event has its
 * effect once. The other way around, an event could be lost.
 *
 * @throws {Failure} with the action `retry`, after everything that landed was marked
 */
export async function* replayLetters(
  letters: AsyncIterable<LetterSummary>,
  options: ReplayOptions
): AsyncGenerator<Replayed> {
  for await (const batch of batchesOf(letters, options)) {
    if (options.patience.signal.aborted) return
    const results = await Promise.all(batch.map((letter) => replay(letter, options)))
    const replayed = results.flatMap((result) => (result instanceof Failure ? [] : [result]))
    await mark(replayed, options)
    yield* replayed
    const failure = results.find((result) => result instanceof Failure)
    if (failure) throw failure
  }
}

/** Say of each letter what a replay would make of it, and write nothing. */
export async function* dryRunLetters(
  letters: AsyncIterable<LetterSummary>,
  options: ReplayOptions
): AsyncGenerator<Replayed> {
  const { ingest, patience } = options
  for await (const batch of batchesOf(letters, options)) {
    for (const letter of batch) {
      if (patience.signal.aborted) return
      const outcome = await patiently(() => dryRunDelivery(ingest, letter.delivery), patience)
      yield { letter, ...outcome }
    }
  }
}

function batchesOf(letters: AsyncIterable<LetterSummary>, { store, patience }: ReplayOptions) {
  const read = ({ id }: LetterSummary) => patiently(() => readLetter(store, id), patience)
  return inBatches(readAll(letters, read), ({ delivery }) => delivery.body.length)
}

/** A few at a time: a body has up to 16 MiB, and nothing says so before it is read. */
async function* readAll(
  letters: AsyncIterable<LetterSummary>,
  read: (letter: LetterSummary) => Promise<StoredLetter | undefined>
): AsyncGenerator<StoredLetter> {
  for await (const few of inBatches(letters, () => batchBytes / 8)) {
    for (const letter of await Promise.all(few.map(read))) if (letter) yield letter
  }
}

async function replay(
  letter: StoredLetter,
  { ingest, patience }: ReplayOptions
): Promise<Replayed | Failure> {
  try {
    return { letter, ...(await patiently(() => landDelivery(ingest, letter.delivery), patience)) }
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function mark(
  replayed: readonly Replayed[],
  { store, patience }: ReplayOptions
): Promise<void> {
  if (replayed.length === 0) return
  const changes = new Map(replayed.map((each) => [each.letter.id, markOf(each)]))
  await patiently(() => changeLetters(store, changes), patience)
}

function markOf({ verdict, reason }: Replayed): (row: Row) => Row {
  return (row) => {
    const replays = String(Number(row['replays']) + 1)
    if (verdict !== 'dead-lettered') return { replays, status: 'replayed' }
    const why = reason && { reason: reason.code, detail: shorten(reason.detail) }
    return { replays, ...why }
  }
}

/** As the detail of a new dead letter: see dead-letter-plan.ts. */
const shorten = (detail: string) => detail.slice(0, 1000).toWellFormed()
