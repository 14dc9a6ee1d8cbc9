import type { Provenance } from './delivery/provenance.ts'
import { type Reason, storedReason } from './failures.ts'
import { deadLettersTable, ledgerTable } from './store/managed-tables.ts'
import type { Table, TableKind } from './store/table.ts'
import type { Row, Value } from './values/value.ts'

/** The possible results of an event. */
export const verdicts = ['applied', 'duplicate', 'stale', 'ignored', 'dead-lettered'] as const

export type Verdict = (typeof verdicts)[number]

/** The result of one write of an event. */
export type WriteOutcome = Exclude<Verdict, 'ignored'>

/** The name of a row, the same for every event that writes to it: see `rowId`. */
export type RowId = string

/** Name a row among those of all tables. */
export function rowId(table: Table, key: readonly Value[]): RowId {
  return table.name + JSON.stringify(key)
}

/** A row by what names it; every write names one. */
export interface RowRef {
  readonly table: Table
  /** Values of the primary key, in its order. */
  readonly key: readonly Value[]
  readonly row: RowId
}

/** Set, merge or delete one row of a `state` table, unless the row has a newer version. */
export interface StateWrite extends RowRef {
  readonly kind: 'state'
  readonly operation: 'upsert' | 'merge' | 'delete'
  /** A value of the type of the table's `event_version` column. */
  readonly version: Value
  /**
   * Columns besides the key: all of them in an upsert, those present in a merge, none in a delete.
   */
  readonly values: Row
}

/** Append one row to a `log` table. The event key is the last value of its key. */
export interface LogWrite extends RowRef {
  readonly kind: 'log'
  readonly values: Row
}

/** Add amounts to one row of a `counter` table, unless the ledger has the event. */
export interface CounterWrite extends RowRef {
  readonly kind: 'counter'
  /** Decimal strings by column, for all columns besides the key: INT64 or NUMERIC. */
  readonly amounts: Readonly<Record<string, string>>
}

/** Enter the event into the ledger of counted events. */
export interface LedgerWrite extends RowRef {
  readonly kind: 'ledger'
}

/** Keep an event that cannot land, with the reason. */
export interface DeadLetterWrite extends RowRef {
  readonly kind: 'dead-letters'
  readonly provenance: Provenance
  readonly reason: Reason
}

interface Writes {
  readonly state: StateWrite
  readonly log: LogWrite
  readonly counter: CounterWrite
  readonly ledger: LedgerWrite
  readonly 'dead-letters': DeadLetterWrite
}

/** A write to a table of one of these kinds; each kind of table has its kind of write. */
export type WriteOf<K extends TableKind> = { [P in K]: { readonly kind: P } & Writes[P] }[K]

export type Write = WriteOf<TableKind>

/** The writes of one event, as plain data; at most one for each row. */
export interface Plan {
  /** Where the event came from, with its key. */
  readonly provenance: Provenance
  /** When the event adds to counters, the last write is the one to the ledger. */
  readonly writes: readonly Write[]
  /** An upper bound of what this adds to a commit, in bytes. */
  readonly bytes: number
  /** Spanner's mutation count of the writes: columns, keys and index entries. */
  readonly mutations: number
}

/** Plan to enter an event into the ledger. */
export function ledgerWrite(eventKey: string): LedgerWrite {
  const key = [eventKey]
  return { kind: 'ledger', table: ledgerTable, key, row: rowId(ledgerTable, key) }
}

/** The managed columns and the attributes that are not among the headers. */
const overheadBytes = 2048

/** Plan the dead letter of an event that cannot land. */
export function deadLetterPlan(provenance: Provenance, cause: Reason): Plan {
  const { headers, body } = provenance.delivery
  const table = deadLettersTable
  const key = [provenance.key]
  const reason = storedReason(cause)
  return {
    provenance,
    writes: [{ kind: 'dead-letters', table, key, row: rowId(table, key), provenance, reason }],
    bytes: body.length + Buffer.byteLength(JSON.stringify(headers)) + overheadBytes,
    mutations: table.columns.length
  }
}

/** Return why an event cannot land, if its plan is to keep it as a dead letter. */
export function deadLetterReason({ writes: [only] }: Plan): Reason | undefined {
  return only?.kind === 'dead-letters' ? only.reason : undefined
}
