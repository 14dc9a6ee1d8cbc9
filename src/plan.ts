import type { FailureCode } from './failures.ts'
import { deadLettersTable } from './store/managed-tables.ts'
import type { Table } from './store/table.ts'
import type { Row, Value } from './values/value.ts'

/** What became of an event. */
export type Verdict = 'applied' | 'duplicate' | 'stale' | 'ignored' | 'dead-lettered'

/** What became of one write of an event. */
export type WriteOutcome = Exclude<Verdict, 'ignored' | 'dead-lettered'>

/** Set, merge or delete one row of a `state` table, unless the row has a newer version. */
export interface StateWrite {
  readonly kind: 'state'
  readonly table: Table
  readonly operation: 'upsert' | 'merge' | 'delete'
  /** Values of the primary key, in its order. */
  readonly key: readonly Value[]
  /** A value of the type of the table's `event_version` column. */
  readonly version: Value
  /** Columns besides the key: of an upsert all, of a merge the present ones, of a delete none. */
  readonly values: Row
}

/** Append one row to a `log` table. */
export interface LogWrite {
  readonly kind: 'log'
  readonly table: Table
  /** Values of the primary key, in its order: the event key is the last of them. */
  readonly key: readonly Value[]
  readonly values: Row
}

/** Add amounts to columns of one row of a `counter` table. */
export interface CounterWrite {
  readonly kind: 'counter'
  readonly table: Table
  readonly key: readonly Value[]
  /** Decimal strings by column: INT64 or NUMERIC. */
  readonly amounts: Readonly<Record<string, string>>
}

export type Write = StateWrite | LogWrite | CounterWrite

/** One event as it arrived: what a dead letter keeps, and what a replay needs. */
export interface Letter {
  /** 32 hex digits: the event key, or a hash of the body where the event has no identity. */
  readonly id: string
  readonly source?: string
  readonly eventId?: string
  readonly type?: string
  readonly contentType?: string
  /** Header lines by lower-case name, without credentials. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
  readonly subscription?: string
  readonly messageId?: string
  readonly deliveryAttempt?: number
}

/** Why an event cannot land. */
export interface Reason {
  readonly code: FailureCode
  /** What is wrong and where, never the payload. */
  readonly detail: string
}

/** The writes one event asks for, as plain data. With a `reason`, its one write is the dead letter. */
export interface Plan {
  /** 128 bits of SHA-256 over source and id, as 32 hex digits: see `eventKey` in delivery/. */
  readonly eventKey: string
  readonly writes: readonly Write[]
  readonly letter: Letter
  readonly reason?: Reason
  /** An upper bound of what this adds to a commit, in bytes. */
  readonly bytes: number
  /** Spanner's mutation count of the writes: columns, keys and index entries. */
  readonly mutations: number
}

/** A detail names a place and a rule; beyond this length it would carry the payload. */
const maxDetailCharacters = 1000
/** The managed columns and the attributes that are not among the headers. */
const overheadBytes = 2048

/**
 * Plan the dead letter of an event that cannot land. A pointer in the detail is made of keys that
 * were sent, so it is cut and made well-formed: Spanner takes no lone surrogates.
 */
export function deadLetterPlan(letter: Letter, reason: Reason): Plan {
  return {
    eventKey: letter.id,
    writes: [],
    letter,
    reason: { ...reason, detail: reason.detail.slice(0, maxDetailCharacters).toWellFormed() },
    bytes: letter.body.length + headerBytes(letter) + overheadBytes,
    mutations: deadLettersTable.columns.length
  }
}

function headerBytes({ headers }: Letter): number {
  return Buffer.byteLength(JSON.stringify(headers))
}
