import type { Timestamp } from './clock.ts'
import type { Mutation } from './mutations.ts'
import type { Cell, Type } from './result-set.ts'

/** Messages of `google.spanner.v1`, as far as the model reads them. */

export interface Session {
  readonly name: string
  readonly multiplexed: boolean
}

/** `TransactionOptions` */
export interface Options {
  readonly readWrite?: { readonly multiplexedSessionPreviousTransactionId?: Buffer } | null
  readonly readOnly?: {
    readonly exactStaleness?: Timestamp | null
    readonly readTimestamp?: Timestamp | null
  } | null
}

/** `TransactionSelector` */
export interface Selector {
  readonly id?: Buffer
  readonly begin?: Options
  readonly singleUse?: Options
}

export interface BeginRequest {
  readonly session: string
  readonly options?: Options | null
  /** Sent, on a multiplexed session, by a transaction that writes without reading. */
  readonly mutationKey?: Mutation | null
}

export interface ReadRequest {
  readonly session: string
  readonly table: string
  readonly columns: readonly string[]
  /** The index that the keys are of; without one, they are primary keys. */
  readonly index?: string
  readonly keySet: { readonly keys?: readonly { readonly values?: readonly Cell[] }[] }
  readonly transaction?: Selector | null
}

export interface QueryRequest {
  readonly session: string
  readonly sql: string
  readonly params?: { readonly fields?: Readonly<Record<string, Cell>> } | null
  readonly paramTypes?: Readonly<Record<string, Type>>
  readonly transaction?: Selector | null
}

export interface CommitRequest {
  readonly session: string
  readonly transactionId?: Buffer
  readonly mutations?: readonly Mutation[]
  readonly precommitToken?: object | null
}

export interface RollbackRequest {
  readonly session: string
  readonly transactionId: Buffer
}
