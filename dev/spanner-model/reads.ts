import { status } from '@grpc/grpc-js'
import { toMicros, toProtocol } from './clock.ts'
import type { Database } from './database.ts'
import { describeSchema, type Texts } from './information-schema.ts'
import { readKey } from './mutations.ts'
import type { QueryRequest, ReadRequest, Selector, Session } from './protocol.ts'
import { refusal } from './refusal.ts'
import { type Cell, fromCell, fromType, rowsResult, type Type, textResult } from './result-set.ts'
import { entryId, rowId } from './rows.ts'
import { columnOf, type Table, tableOf } from './schema.ts'
import { readSelect } from './select-query.ts'
import { precommitToken, type Transaction } from './transactions.ts'
import { canonical, type Value } from './values.ts'

/** Read rows by key; in a read-write transaction, once it has locked them. */
export async function read(database: Database, request: ReadRequest, session: Session) {
  const { rows, locks, schema } = database
  const transaction = transactionOf(database, request, session)
  const table = tableOf(schema, request.table, readTime(database, request.transaction))
  const columns = request.columns.map((name) => columnOf(table, name))
  const keys = request.keySet.keys?.map(({ values }) => values) ?? []
  const ids = request.index
    ? await findEntries(database, table, request.index, keys, transaction)
    : new Set(keys.map((values) => rowId(table, readKey(table, table.primaryKey, values))))
  if (transaction) await locks.lock(transaction, ids, 'shared')
  const at = readTime(database, request.transaction)
  const found = [...ids].flatMap((id) => rows.get(table, id, at) ?? [])
  const values = found.map((row) => columns.map(({ name }) => row.get(name) ?? null))
  const result = rowsResult(columns, values)
  if (!transaction) return readAt(result, at)
  const begun = request.transaction?.begin && { transaction: { id: transaction.id } }
  return {
    ...result,
    metadata: { ...result.metadata, ...begun },
    ...precommitToken(transaction)
  }
}

/** Find the rows that have these entries of an index; a transaction locks the entries too. */
async function findEntries(
  { rows, locks }: Database,
  table: Table,
  name: string,
  keys: readonly (readonly Cell[] | undefined)[],
  transaction: Transaction | undefined
): Promise<ReadonlySet<string>> {
  const index = table.indexes.find((one) => one.name === name)
  if (!index) throw refusal(status.NOT_FOUND, `Index not found: ${name}`)
  const entries = keys.map((values) => readKey(table, index.columns, values))
  const locked = entries.map((values) => entryId(index, values))
  if (transaction) await locks.lock(transaction, locked, 'shared')
  return new Set(entries.flatMap((values) => rows.find(table, index, values)))
}

/** The read-write transaction that a read is in, or begins. */
function transactionOf(
  { transactions }: Database,
  { transaction }: ReadRequest,
  session: Session
): Transaction | undefined {
  const { id, begin } = transaction ?? {}
  if (id?.length) return timeIn(id) === undefined ? transactions.find(id) : undefined
  return begin?.readWrite ? transactions.begin(begin, session) : undefined
}

/** Answer a query, outside of a read-write transaction. */
export function query(database: Database, request: QueryRequest) {
  const { sql, params, paramTypes = {}, transaction } = request
  const at = readTime(database, transaction)
  const values = readParams(params?.fields ?? {}, paramTypes)
  const texts = sql === 'SELECT 1' ? [{ '': '1' }] : describeSchema(sql, database)
  if (texts) return readAt(textResult(named(texts, values['names'])), at)
  const select = readSelect(sql, values, database.schema, at)
  return readAt(rowsResult(select.columns, select.run(database.rows.all(select.table, at))), at)
}

/**
 * The time of a read: now, unless it asks for an exact time. A bound such as `minReadTimestamp` allows
 * an older answer, and the model always gives the newest.
 */
export function readTime({ clock }: Database, selector: Selector | null | undefined): bigint {
  const begun = timeIn(selector?.id)
  if (begun !== undefined) return begun
  const { exactStaleness, readTimestamp } = selector?.singleUse?.readOnly ?? {}
  if (readTimestamp) return toMicros(readTimestamp)
  return exactStaleness ? clock.now() - toMicros(exactStaleness) : clock.now()
}

/** Name a read-only transaction by the time at which it reads. */
export const snapshotId = (at: bigint): Buffer => Buffer.from(`at ${at}`)

function timeIn(id: Buffer | undefined): bigint | undefined {
  const [, at] = /^at (\d+)$/.exec(String(id ?? '')) ?? []
  return at === undefined ? undefined : BigInt(at)
}

function readAt<Result extends { readonly metadata: object }>(result: Result, at: bigint) {
  const transaction = { readTimestamp: toProtocol(at) }
  return { ...result, metadata: { ...result.metadata, transaction } }
}

function readParams(
  fields: Readonly<Record<string, Cell>>,
  types: Readonly<Record<string, Type>>
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
