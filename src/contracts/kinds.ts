import { type CollectionKind, managedColumns } from '../store/table.ts'

/** The rules of an operation, for the checks and for the compilers of each kind. */
interface OperationRules {
  /**
   * What `set` names beside the key: the columns of a whole row, the required ones at least; those
   * that change, of which an absent one stays as it is; or none.
   */
  readonly sets: 'row' | 'changes' | 'key'
  /** The columns beside the key are named in `amounts`. */
  readonly adds: boolean
}

const rules = {
  upsert: { sets: 'row', adds: false },
  merge: { sets: 'changes', adds: false },
  delete: { sets: 'key', adds: false },
  append: { sets: 'row', adds: false },
  add: { sets: 'key', adds: true }
} as const

/** What a write does to its row. */
export type Operation = keyof typeof rules

export const operationRules: Readonly<Record<Operation, OperationRules>> = rules

/** The operations on a versioned row. */
export const stateOperations = ['upsert', 'merge', 'delete'] as const

/** The rules of a kind, for files of collections and for the contracts that write to them. */
export interface KindRules {
  readonly operations: readonly Operation[]
  /** A version orders the writes to one row, and a deleted row stays as a tombstone. */
  readonly versioned: boolean
  /** Every column beside the key is a sum, and the ledger has the events that were added. */
  readonly counts: boolean
  /** The managed columns that follow the key of the file in the primary key. */
  readonly keyEnd: readonly string[]
  /** The managed columns that a read may show. */
  readonly readable: readonly string[]
}

export const kindRules: Readonly<Record<CollectionKind, KindRules>> = {
  state: {
    operations: stateOperations,
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
