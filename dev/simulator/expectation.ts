import type { SentEvent } from './sent-event.ts'

/** A row as the read API shows it. */
export type ShownRow = Readonly<Record<string, unknown>>

/** What one collection should show when all is quiet. */
export interface Expectation {
  /** Below `/api/v1/`. */
  readonly path: string
  /** Fields that tell two rows apart. */
  readonly key: readonly string[]
  /** Fields that nobody can know before, such as the time of the commit. */
  readonly unpredictable?: readonly string[]
  /** Every other field of every row. */
  readonly rows: readonly ShownRow[]
}

/** Say what should be read after these events, whole ones only, given as they happened. */
export type Expect = (events: readonly SentEvent[]) => readonly Expectation[]
