import type { CloudEvent } from '../delivery/event.ts'
import type { CollectionKind } from '../store/table.ts'
import type { Json } from '../values/json.ts'
import type { Operation } from './kinds.ts'

/** One file under schemas/, as it was read. */
export interface SchemaFile {
  /** Its name in messages, such as `schemas/events/a.json`. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** The files under schemas/ that a user writes. */
export interface SchemaFiles {
  readonly collections: readonly SchemaFile[]
  readonly events: readonly SchemaFile[]
}

export type VersionScalar = 'TIMESTAMP' | 'INT64' | 'STRING'

/** The type of a version, or of each part of one. */
export type VersionType = VersionScalar | readonly VersionScalar[]

/** A file that matches schemas/collection.schema.json. */
export interface CollectionFile {
  readonly name: string
  readonly description?: string
  readonly kind: CollectionKind
  readonly columns: Readonly<Record<string, ColumnSpec>>
  readonly key: readonly string[]
  readonly version?: { readonly type: VersionType }
  readonly keepDeletedDays?: number
  readonly indexes?: readonly IndexSpec[]
  readonly read?: ReadFile
}

export interface ColumnSpec {
  readonly type: string
  readonly description?: string
  readonly required?: boolean
}

export interface IndexSpec {
  readonly name: string
  readonly columns: readonly string[]
  readonly storing?: readonly string[]
  readonly unique?: boolean
}

export interface ReadFile {
  readonly path: string
  readonly fields?: readonly string[]
  readonly filters?: readonly string[]
  readonly pageSize?: number
  readonly maxPageSize?: number
  readonly maxStalenessSeconds?: number
}

/** A file that matches schemas/event.schema.json. */
export interface EventFile {
  readonly type: string
  readonly description?: string
  readonly match?: Match
  readonly payload?: 'message'
  readonly data?: JsonSchema
  readonly attributes?: JsonSchema
  readonly writes: readonly WriteSpec[]
  readonly examples?: readonly CloudEvent[]
}

export type JsonSchema = boolean | SchemaObject

/** A JSON Schema that is not just `true` or `false`. */
export interface SchemaObject {
  readonly [keyword: string]: Json
}

export interface Match {
  readonly subscription?: string
  readonly topic?: string
}

export interface WriteSpec {
  readonly collection: string
  readonly operation: Operation
  readonly forEach?: string
  readonly version?: SourceSpec | readonly SourceSpec[]
  readonly set: Readonly<Record<string, SourceSpec>>
  readonly amounts?: Readonly<Record<string, SourceSpec>>
}

/** A JSON Pointer into the event, or a constant. */
export type SourceSpec = string | { readonly const: Json }

/** A parsed file of the right shape, with the numbers that were rounded. */
export interface Parsed<T> {
  readonly path: string
  readonly value: T
  /** JSON Pointers of numbers in the file that a double cannot hold. */
  readonly inexact: ReadonlySet<string>
}
