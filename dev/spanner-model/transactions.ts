import { status } from '@grpc/grpc-js'
import type { Holder } from './locks.ts'
import type { Options } from './protocol.ts'
import { refusal } from './refusal.ts'

/** A read-write transaction. */
export interface Transaction extends Holder {
  readonly id: Buffer
  /** On a multiplexed session a commit must show that it knows of the transaction's last answer. */
  readonly multiplexed: boolean
  /** Answers so far that carried a precommit token. */
  tokens: number
}

export interface Transactions {
  begin(options: Options, multiplexed: boolean): Transaction
  /** Find a read-write transaction that isn't over. @throws a refusal, NOT_FOUND */
  find(id: Buffer): Transaction
  /** Forget a transaction: it was committed or rolled back. */
  end(transaction: Transaction): void
}

/** Keep the read-write transactions of a database. */
export function createTransactions(): Transactions {
  const open = new Map<string, Transaction>()
  let begun = 0
  return {
    begin({ readWrite }, multiplexed) {
      begun += 1
      const previous = readWrite?.multiplexedSessionPreviousTransactionId
      // A transaction that is tried again keeps its place, which is a part of its id.
      const age = previous?.length ? ageOf(previous) : begun
      if (previous) open.delete(String(previous))
      const id = Buffer.from(`${begun}/${age}`)
      const transaction: Transaction = {
        id,
        age,
        multiplexed,
        tokens: 0,
        usedAt: Date.now(),
        state: 'open'
      }
      open.set(String(id), transaction)
      return transaction
    },
    find(id) {
      const transaction = open.get(String(id))
      if (!transaction) throw refusal(status.NOT_FOUND, `Transaction not found: ${id}`)
      transaction.usedAt = Date.now()
      return transaction
    },
    end: ({ id }) => void open.delete(String(id))
  }
}

const ageOf = (id: Buffer) => Number(String(id).split('/')[1])

/** A token of `google.spanner.v1.MultiplexedSessionPrecommitToken`, for an answer that needs one. */
export function precommitToken(transaction: Transaction) {
  if (!transaction.multiplexed) return {}
  transaction.tokens += 1
  const seqNum = transaction.tokens
  return { precommitToken: { precommitToken: Buffer.from(`token ${seqNum}`), seqNum } }
}
