import { status } from '@grpc/grpc-js'
import { createClock, toProtocol, toText } from './clock.ts'
import { describeSchema, type Texts } from './information-schema.ts'
import { createLocks } from './locks.ts'
import { checkMutations } from './mutations.ts'
import { printSchema } from './print-schema.ts'
import type {
  BeginRequest,
  CommitRequest,
  QueryRequest,
  ReadRequest,
  RollbackRequest
} from './protocol.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { fromCell, fromType, rowsResult, textResult } from './result-set.ts'
import { createRows, rowId } from './rows.ts'
import { columnOf, type Schema, type Table, tableOf } from './schema.ts'
import { changeSchema } from './schema-change.ts'
import { readSelect } from './select-query.ts'
import { createTransactions, precommitToken, readTime, type Transaction } from './transactions.ts'
import { canonical, type Value } from './values.ts'

export type Database = ReturnType<typeof createDatabase>

export type Dialect = 'GOOGLE_STANDARD_SQL' | 'POSTGRESQL'

/**
 * One database in memory, called with the messages of the protocol. Read-write transactions are
 * serialisable: see locks.ts. They read by key only.
 */
export function createDatabase(dialect: Dialect = 'GOOGLE_STANDARD_SQL') {
  const clock = createClock()
  const locks = createLocks()
  const rows = createRows()
  const transactions = createTransactions()
  let schema: Schema = []

  function begin({ options }: BeginRequest, multiplexed: boolean) {
    if (!options?.readWrite) return { readTimestamp: toProtocol(clock.now()) }
    return transactions.begin(options, multiplexed)
  }

  /** The read-write transaction of a read: the one it names, or begins. */
  function transactionOf(request: ReadRequest, multiplexed: boolean): Transaction | undefined {
    const { id, begin } = request.transaction ?? {}
    if (id?.length) return transactions.find(id)
    return begin?.readWrite ? transactions.begin(begin, multiplexed) : undefined
  }

  function query({ sql, params, paramTypes = {}, transaction }: QueryRequest) {
    const at = readTime(transaction ?? {}, clock)
    const values = readParams(params?.fields ?? {}, paramTypes)
    const texts = sql === 'SELECT 1' ? [{ '': '1' }] : describeSchema(sql, { schema, dialect })
    if (texts) return { ...textResult(named(texts, values['names'])), at }
    const select = readSelect(sql, values, schema, at)
    return { ...rowsResult(select.columns, select.run(rows.all(select.table, at))), at }
  }

  return {
    begin(request: BeginRequest, multiplexed: boolean) {
      const begun = begin(request, multiplexed)
      if (!('id' in begun)) return begun
      return { id: begun.id, ...(request.mutationKey && precommitToken(begun)) }
    },

    async read(request: ReadRequest, multiplexed: boolean) {
      const own = transactionOf(request, multiplexed)
      const table = tableOf(schema, request.table, readTime(request.transaction ?? {}, clock))
      const columns = request.columns.map((name) => columnOf(table, name))
      const ids = [...new Set(request.keySet.keys?.map(({ values }) => idOf(table, values)))]
      if (own) await locks.lock(own, ids, 'shared')
      const at = readTime(request.transaction ?? {}, clock)
      const found = ids.flatMap((id) => rows.get(table, id, at) ?? [])
      const values = found.map((row) => columns.map(({ name }) => row.get(name) ?? null))
      const { metadata, ...result } = rowsResult(columns, values)
      if (!own) return { ...result, metadata: withTime(metadata, at) }
      const begun = request.transaction?.begin && { transaction: { id: own.id } }
      return { ...result, metadata: { ...metadata, ...begun }, ...precommitToken(own) }
    },

    query(request: QueryRequest) {
      const { metadata, values, at } = query(request)
      return { metadata: withTime(metadata, at), values }
    },

    /** @param durable resolves when the commit is on the disks of Spanner; the locks are kept so long */
    async commit(request: CommitRequest, durable: () => Promise<unknown>) {
      const { transactionId, mutations = [] } = request
      const transaction = transactionId?.length
        ? transactions.find(transactionId)
        : transactions.begin({}, false)
      try {
        checkToken(transaction, request)
        const { ids, stamp } = checkMutations(schema, mutations)
        await locks.lock(transaction, ids, 'exclusive')
        transaction.state = 'committing'
        await durable()
        const at = clock.next()
        rows.write(stamp(toText(at)), at)
        return { commitTimestamp: toProtocol(at) }
      } finally {
        locks.release(transaction)
        transactions.end(transaction)
      }
    },

    rollback({ transactionId }: RollbackRequest) {
      const transaction = transactions.find(transactionId)
      locks.release(transaction)
      transactions.end(transaction)
      return {}
    },

    /** Run statements in their order until one fails, which is returned. */
    change(statements: readonly string[]): Refusal | undefined {
      try {
        for (const statement of statements) {
          const changed = changeSchema(schema, statement, clock.next())
          rows.follow(changed)
          schema = changed
        }
        return undefined
      } catch (error) {
        if (isRefusal(error)) return error
        throw error
      }
    },

    ddl: () => printSchema(schema)
  }
}

const withTime = (metadata: object, at: bigint) => ({
  ...metadata,
  transaction: { readTimestamp: toProtocol(at) }
})

function idOf(table: Table, cells: Parameters<typeof fromCell>[0][] | undefined = []): string {
  const key = table.primaryKey.map(({ column }, at) =>
    canonical(columnOf(table, column).type, fromCell(cells[at]))
  )
  return rowId(table, key)
}

function readParams(
  fields: NonNullable<NonNullable<QueryRequest['params']>['fields']>,
  types: NonNullable<QueryRequest['paramTypes']>
): Readonly<Record<string, Value>> {
  const read = Object.entries(fields).map(([name, cell]) => {
    const type = types[name]
    const value = fromCell(cell)
    return [name, type ? canonical(fromType(type), value) : value] as const
  })
  return Object.fromEntries(read)
}

/** Of the rows about tables, those about the tables that the query names. */
function named(texts: Texts, names: Value | undefined): Texts {
  if (!Array.isArray(names)) return texts
  return texts.filter((row) => names.includes(row['TABLE_NAME'] ?? null))
}

/** https://cloud.google.com/spanner/docs/reference/rpc/google.spanner.v1#multiplexedsessionprecommittoken */
function checkToken({ tokens }: Transaction, { precommitToken: shown }: CommitRequest): void {
  if (tokens === 0 || shown) return
  throw refusal(status.INVALID_ARGUMENT, 'The commit has no precommit token.')
}
