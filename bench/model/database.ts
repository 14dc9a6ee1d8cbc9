import { status } from '@grpc/grpc-js'
import { columnOf, type Table } from '../../src/store/table.ts'
import { createClock, toProtocol, toText } from './clock.ts'
import { refusal } from './refusal.ts'
import { type ResultSet, rowsResult, textResult } from './result-set.ts'
import { type Cell, createRows, type Seen, type Write } from './rows.ts'
import { answerQuery } from './schema-answers.ts'

interface Options {
  readonly readWrite?: object
}

export interface ReadRequest {
  readonly table: string
  readonly columns: readonly string[]
  readonly keySet: { readonly keys?: readonly { readonly values?: readonly Cell[] }[] }
  readonly transaction?: { readonly id?: Buffer; readonly begin?: Options }
}

export interface CommitRequest {
  readonly transactionId?: Buffer
  readonly mutations?: readonly { readonly insertOrUpdate?: Write }[]
}

/**
 * One database in memory, asked in the messages of the protocol. Transactions are serialisable: no
 * row is locked, and a commit is aborted when a row that its transaction read has changed since.
 * Only the newest version of a row is kept, so a stale read gets a fresh answer.
 */
export function createDatabase(tables: readonly Table[]) {
  const rows = createRows(tables)
  const clock = createClock()
  const transactions = new Map<string, Seen>()
  let begun = 0

  function begin({ readWrite }: Options) {
    begun += 1
    if (readWrite) transactions.set(String(begun), new Map())
    return { id: Buffer.from(String(begun)), readTimestamp: toProtocol(clock.now()) }
  }

  /** What is read outside of a read-write transaction is nobody's to remember. */
  const seenBy = (id: Buffer | undefined): Seen => transactions.get(String(id)) ?? new Map()

  const inTransaction = ({ metadata, values }: ResultSet, transaction?: object) => {
    const read = transaction ?? { readTimestamp: toProtocol(clock.now()) }
    return { metadata: { ...metadata, transaction: read }, values }
  }

  return {
    begin,
    end: (id: Buffer | undefined) => transactions.delete(String(id)),
    read({ table: name, columns, keySet, transaction }: ReadRequest) {
      const table = rows.tableOf(name)
      const own = transaction?.begin && begin(transaction.begin)
      const keys = keySet.keys?.map(({ values = [] }) => values) ?? []
      const found = rows.read(table, keys, columns, seenBy(own?.id ?? transaction?.id))
      return inTransaction(
        rowsResult(
          columns.map((column) => columnOf(table, column)),
          found
        ),
        own
      )
    },
    query: (sql: string) => inTransaction(textResult(answerQuery(sql, tables))),
    commit({ transactionId, mutations = [] }: CommitRequest) {
      const seen = transactionId ? transactions.get(String(transactionId)) : new Map()
      if (!seen) throw refusal(status.NOT_FOUND, 'The transaction is over.')
      transactions.delete(String(transactionId))
      const at = clock.next()
      const done = rows.commit(mutations.map(writeOf), seen, toText(at))
      if (!done) throw refusal(status.ABORTED, 'A row that was read has changed.')
      return { commitTimestamp: toProtocol(at) }
    }
  }
}

function writeOf({ insertOrUpdate }: { readonly insertOrUpdate?: Write }): Write {
  if (insertOrUpdate) return insertOrUpdate
  throw refusal(status.UNIMPLEMENTED, 'The model of Spanner knows insert_or_update only.')
}
