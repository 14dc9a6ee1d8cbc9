import type { SentEvent } from './sent-event.ts'

/** A row as the read API shows it. */
export type ShownRow = Readonly<Record<string, unknown>>

/** What one collection should show when all events have landed. */
export interface Expectation {
  /** Below `/api/v1/`. */
  readonly path: string
  /** Fields of the key. */
  readonly key: readonly string[]
  /** Fields that cannot be predicted, such as the time of the commit. */
  readonly unpredictable?: readonly string[]
  /** Every other field of every row. */
  readonly rows: readonly ShownRow[]
}

/** Return the rows to expect after these valid events, given in the order of their times. */
export type Expect = (events: readonly SentEvent[]) => readonly Expectation[]
