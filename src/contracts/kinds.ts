import { type CollectionKind, managedColumns } from '../store/table.ts'
import type { WriteSpec } from './schema-file.ts'

/** The rules of a kind, for files of collections and for the contracts that write to them. */
export interface KindRules {
  readonly operations: readonly WriteSpec['operation'][]
  /** A version orders the writes to one row, and a deleted row stays as a tombstone. */
  readonly versioned: boolean
  /** Every column beside the key is a sum. */
  readonly counts: boolean
  /** The managed columns that follow the key of the file in the primary key. */
  readonly keyEnd: readonly string[]
  /** The managed columns that a read may show. */
  readonly readable: readonly string[]
}

export const kindRules: Readonly<Record<CollectionKind, KindRules>> = {
  state: {
    operations: ['upsert', 'merge', 'delete'],
    versioned: true,
    counts: false,
    keyEnd: [],
    readable: [managedColumns.version, managedColumns.key, managedColumns.committedAt]
  },
  log: {
    operations: ['append'],
    versioned: false,
    counts: false,
    keyEnd: [managedColumns.key],
    readable: [managedColumns.key, managedColumns.committedAt]
  },
  counter: {
    operations: ['add'],
    versioned: false,
    counts: true,
    keyEnd: [],
    readable: [managedColumns.committedAt]
  }
}
