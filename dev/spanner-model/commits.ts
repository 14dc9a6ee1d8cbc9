import { status } from '@grpc/grpc-js'
import { toProtocol, toText } from './clock.ts'
import type { Database } from './database.ts'
import { checkMutations } from './mutations.ts'
import type { BeginRequest, CommitRequest, RollbackRequest, Session } from './protocol.ts'
import { readTime, snapshotId } from './reads.ts'
import { refusal } from './refusal.ts'
import { precommitToken, type Transaction } from './transactions.ts'

/** Begin a transaction. Of one that only reads, all that is kept is its time, in its name. */
export function begin(database: Database, request: BeginRequest, session: Session) {
  const { options, mutationKey } = request
  if (!options?.readWrite) {
    const at = readTime(database, { singleUse: options ?? {} })
    return { id: snapshotId(at), readTimestamp: toProtocol(at) }
  }
  const transaction = database.transactions.begin(options, session)
  return { id: transaction.id, ...(mutationKey && precommitToken(transaction)) }
}

/**
 * Commit a transaction that has read, or a blind write. Its rows stay locked until it is durable.
 *
 * @param durable resolves when Spanner would have written the commit to a majority of its disks
 */
export async function commit(
  database: Database,
  request: CommitRequest,
  session: Session,
  durable: () => Promise<unknown>
) {
  const { transactionId, mutations = [] } = request
  const { clock, locks, rows, schema, transactions } = database
  const transaction = transactionId?.length
    ? transactions.find(transactionId)
    : transactions.begin({}, session)
  try {
    checkToken(transaction, request)
    const { ids, stamp } = checkMutations(schema, mutations)
    await locks.lock(transaction, ids, 'exclusive')
    await locks.lock(transaction, rows.entries(stamp('')), 'exclusive')
    transaction.state = 'committing'
    await durable()
    const at = clock.next()
    rows.write(stamp(toText(at)), at)
    return { commitTimestamp: toProtocol(at) }
  } finally {
    transactions.end(transaction.id)
  }
}

/** Free what a transaction has locked. It may be over already. */
export function rollback({ transactions }: Database, { transactionId }: RollbackRequest) {
  transactions.abandon(transactionId)
  return {}
}

/** https://cloud.google.com/spanner/docs/reference/rpc/google.spanner.v1#multiplexedsessionprecommittoken */
function checkToken({ tokens }: Transaction, { precommitToken: shown }: CommitRequest): void {
  if (tokens === 0 || shown) return
  throw refusal(status.INVALID_ARGUMENT, 'The commit has no precommit token.')
}
