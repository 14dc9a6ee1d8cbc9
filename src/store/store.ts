import type { Row, Value, WrittenValue } from '../values/value.ts'
import type { Index, Table } from './table.ts'

/** A row to read inside a transaction before deciding: its key and `table.guardColumns`. */
export interface Guard {
  readonly table: Table
  readonly key: readonly Value[]
  /**
   * With a unique index, its entry is read in place of the row: `key` has the values of the columns
   * of the index, none of them NULL, and the primary key of the row that has them is found.
   */
  readonly index?: Index
}

/** The rows that the guards found, by table and key, and the entries by index too. */
export interface CurrentRows {
  get(table: Table, key: readonly Value[], index?: Index): Row | undefined
}

/**
 * Write one row. Columns that are not named keep their value in an existing row and are NULL in a
 * new one (Spanner's `insert_or_update`). The key columns are among `row`.
 */
export interface Mutation {
  readonly table: Table
  readonly row: Readonly<Record<string, WrittenValue>>
  /**
   * Delete the row that the key columns of `row` name, if it is there. Deletions are applied after
   * all other mutations, so a row may be written and deleted in one commit, which checks it and
   * leaves nothing.
   */
  readonly deletes?: true
}

export interface Decision<T> {
  readonly mutations: readonly Mutation[]
  readonly result: T
}

export interface Committed<T> {
  readonly result: T
  /** RFC 3339, UTC, as a `TIMESTAMP` value: a token for reads that must see this commit. */
  readonly commitTimestamp: string
}

/** How fresh a read must be. */
export type Freshness =
  | { readonly kind: 'strong' }
  | { readonly kind: 'stale'; readonly ms: number }
  | { readonly kind: 'after'; readonly commitTimestamp: string }

/** One page of a table, in key or index order; a store can serve it without a full scan. */
export interface Select {
  readonly table: Table
  readonly columns: readonly string[]
  /** The index that serves it; without one, the primary key does. */
  readonly index?: Index
  /** Equalities on leading columns of the key or index. */
  readonly equals: Row
  /** A range on the column after the equalities. */
  readonly range?: {
    readonly column: string
    readonly gt?: Value
    readonly gte?: Value
    readonly lt?: Value
    readonly lte?: Value
  }
  /** All columns that define the order: of the index, then of the key. */
  readonly order: readonly string[]
  /** Rows strictly after these values of `order`. */
  readonly after?: readonly Value[]
  /** Maximum number of rows in the page: 1 or more. */
  readonly limit: number
}

/** Rows of a selection, in its order, and whether there are more rows after them. */
export interface RowPage {
  readonly rows: readonly Row[]
  readonly more: boolean
}

/** One difference between a live table and what the collections declare, as one sentence. */
export interface Mismatch {
  readonly table: string
  readonly message: string
}

/**
 * Where plans land and rows are read. Adapters pass test/store/contract.ts. Every method rejects
 * with a `Failure` of a `STORE_…` code; anything else is a bug.
 */
export interface Store {
  /**
   * Read the guards, decide, write and commit, as one serializable transaction; durable when it
   * resolves. `decide` is pure and may run again with fresh rows. An error that `decide` throws
   * rejects the commit unchanged, and nothing is written. Without guards the write is blind: it may
   * be applied twice, so its mutations must not depend on existing rows.
   *
   * @throws {Failure} STORE_REFUSED: the store refuses the content, or every commit; what it said
   *   is in `cause`, the same text each time
   * @throws {Failure} STORE_INTERNAL: an error of the store that one row alone may cause
   * @throws {Failure} STORE_CONTENDED, STORE_UNAVAILABLE: not the fault of the rows; the outcome
   *   may be unknown
   * @throws {Failure} STORE_MISCONFIGURED: a table, a column or a permission is missing
   */
  commit<T>(
    guards: readonly Guard[],
    decide: (current: CurrentRows) => Decision<T>
  ): Promise<Committed<T>>

  /**
   * Read one row by its key: the named columns, or undefined. A tombstone is a row. A signal that is
   * aborted ends the call.
   */
  read(
    table: Table,
    key: readonly Value[],
    columns: readonly string[],
    freshness: Freshness,
    signal?: AbortSignal
  ): Promise<Row | undefined>

  /**
   * Read one page of rows, without tombstones. It has at most `limit` rows, and ends early where its
   * rows are large; it has at least one row when there is any. A signal that is aborted ends the call.
   */
  list(select: Select, freshness: Freshness, signal?: AbortSignal): Promise<RowPage>

  /** Compare the live tables with these; empty when they agree. Extra tables are not a mismatch. */
  verify(tables: readonly Table[]): Promise<readonly Mismatch[]>

  /** Finish what is in flight and close every connection. */
  close(): Promise<void>
}
