import { status } from '@grpc/grpc-js'
import type { Holder, Locks } from './locks.ts'
import type { Options, Session } from './protocol.ts'
import { refusal } from './refusal.ts'

/** A read-write transaction. */
export interface Transaction extends Holder {
  readonly id: Buffer
  readonly session: Session
  /** Answers so far that carried a precommit token. */
  tokens: number
}

/**
 * Of the transactions on a multiplexed session there can be many at a time, and a commit must show
 * the token of the last answer; on another session there is one at a time
 * (https://cloud.google.com/spanner/docs/sessions).
 */
export interface Transactions {
  /** Begin one. It ends the one before it on a session that isn't multiplexed. */
  begin(options: Options, session: Session): Transaction
  /** Find a read-write transaction that isn't over. @throws a refusal, NOT_FOUND */
  find(id: Buffer): Transaction
  /** Free what a transaction has locked, and forget it, if it isn't over. */
  end(id: Buffer): void
  /** End a transaction, unless it is being committed. */
  abandon(id: Buffer | undefined): void
}

/** Keep the read-write transactions of a database. */
export function createTransactions(locks: Locks): Transactions {
  const open = new Map<string, Transaction>()
  /** The last transaction on each session that isn't multiplexed. */
  const last = new Map<string, Buffer>()
  let begun = 0

  function end(id: Buffer): void {
    const transaction = open.get(String(id))
    if (transaction) locks.release(transaction)
    open.delete(String(id))
  }

  function abandon(id: Buffer | undefined): void {
    if (id && open.get(String(id))?.state !== 'committing') end(id)
  }

  return {
    end,
    abandon,
    begin({ readWrite }, session) {
      begun += 1
      // A transaction that is tried again keeps its place, which is a part of its id.
      const previous = readWrite?.multiplexedSessionPreviousTransactionId
      const age = previous?.length ? ageOf(previous) : begun
      abandon(session.multiplexed ? previous : last.get(session.name))
      const id = Buffer.from(`${begun}/${age}`)
      const started = { tokens: 0, usedAt: Date.now(), state: 'open' } as const
      const transaction: Transaction = { id, age, session, ...started }
      open.set(String(id), transaction)
      if (!session.multiplexed) last.set(session.name, id)
      return transaction
    },
    find(id) {
      const transaction = open.get(String(id))
      if (!transaction) throw refusal(status.NOT_FOUND, `Transaction not found: ${id}`)
      transaction.usedAt = Date.now()
      return transaction
    }
  }
}

const ageOf = (id: Buffer) => Number(String(id).split('/')[1])

/** A token of `google.spanner.v1.MultiplexedSessionPrecommitToken`, for an answer that needs one. */
export function precommitToken(transaction: Transaction) {
  if (!transaction.session.multiplexed) return {}
  transaction.tokens += 1
  const seqNum = transaction.tokens
  return { precommitToken: { precommitToken: Buffer.from(`token ${seqNum}`), seqNum } }
}
