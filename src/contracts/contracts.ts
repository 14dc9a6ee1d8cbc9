import type { Arrival } from '../delivery/decode.ts'
import type { Plan } from '../plan.ts'
import type { CollectionKind, Table } from '../store/table.ts'
import type { AccessPath } from './access-paths.ts'
import type { EventFile, VersionType } from './schema-file.ts'

/** Query parameters of a page that are not filters; a column of such a name cannot be a filter. */
export const pageParameters = ['limit', 'cursor', 'staleness', 'after'] as const

/** Report whether a query parameter selects the page, and not the rows. */
export function isPageParameter(name: string): boolean {
  return pageParameters.some((known) => known === name)
}

/** How a collection is read over HTTP. */
export interface ReadSpec {
  /** Path below `/api/v1/`: lower-case segments. */
  readonly path: string
  /** Columns in an answer, in this order. */
  readonly fields: readonly string[]
  /** Columns that a query may filter on, alone or together where an access path serves it. */
  readonly filters: readonly string[]
  /** The only paths that serve filters; the first is the primary key. */
  readonly accessPaths: readonly AccessPath[]
  readonly pageSize: number
  readonly maxPageSize: number
  readonly maxStalenessMs: number
}

export interface Collection {
  readonly name: string
  readonly description: string
  /** Sentences on columns, by name, where the file has them. */
  readonly columnDescriptions: Readonly<Record<string, string>>
  readonly kind: CollectionKind
  /** The declared columns, in the order of the table. */
  readonly columns: readonly string[]
  /** The declared key columns; a log has its event key after them. */
  readonly key: readonly string[]
  /** The declared columns that are not part of the key. */
  readonly dataColumns: readonly string[]
  /** Columns that every event that writes a whole row must set, beside the key. */
  readonly required: readonly string[]
  /** What orders the events of one row; only of a `state`. */
  readonly version?: VersionType
  readonly table: Table
  readonly read?: ReadSpec
}

/** The files under `schemas/`, compiled. */
export interface Contracts {
  readonly collections: readonly Collection[]
  /** Every table the service needs: of the collections, the ledger and the dead letters. */
  readonly tables: readonly Table[]
  /** Event types that a contract accepts, sorted. */
  readonly eventTypes: readonly string[]
  /** The contracts as their files say them, by type; of one type, the most specific match first. */
  readonly events: readonly EventFile[]
  /**
   * Check one arrival against its contract and plan its writes. Never throws because of the input:
   * the plan of an event that cannot land has one write, the dead letter.
   */
  plan(arrival: Arrival): Plan
}

/** A collection that is read over HTTP. */
export interface ReadableCollection extends Collection {
  readonly read: ReadSpec
}

/** Report whether a collection is read over HTTP. */
export function isReadable(collection: Collection): collection is ReadableCollection {
  return collection.read !== undefined
}
