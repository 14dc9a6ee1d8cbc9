import { PassThrough } from 'node:stream'
import type { Session, Snapshot } from '@google-cloud/spanner'
import { InterceptingCall, type Interceptor, status } from '@grpc/grpc-js'
import type { ColumnType } from '../../values/column-types.ts'
import type { Row, Value } from '../../values/value.ts'
import { createPage } from '../page.ts'
import type { RowPage, Select } from '../store.ts'
import { oncePerTable, type Table } from '../table.ts'
import { decodeValue, formatTimestamp } from './wire.ts'

const requestOptions = { requestTag: 'landfall/read' } as const

type RowStream = ReturnType<Snapshot['createReadStream']>

export interface KeyedRows {
  readonly table: Table
  readonly keys: readonly (readonly unknown[])[]
  readonly columns: readonly string[]
  /** The index that the keys are of; without one, they are primary keys. */
  readonly index?: string | undefined
}

/** The time that one read has for all it asks, and what ends it before. */
export interface ReadTime {
  /** Milliseconds until the read must be over. */
  readonly left: () => number
  readonly signal: AbortSignal | undefined
}

/** Start the clock of a read. */
export function readTime(timeoutMs: number, signal?: AbortSignal): ReadTime {
  const deadline = performance.now() + timeoutMs
  return { left: () => deadline - performance.now(), signal }
}

/** Read rows by key, in no order; those that are not there are left out. */
export function readRows(
  snapshot: Snapshot,
  { table, keys, columns, index }: KeyedRows,
  time: ReadTime
): Promise<readonly Row[]> {
  failFast(snapshot)
  const stream = snapshot.createReadStream(table.name, {
    // The client types keys as strings, and encodes whatever it is given.
    keys: keys.map((key) => key.map((part) => part as string)),
    columns: [...columns],
    ...(index && { index }),
    requestOptions: { ...requestOptions },
    gaxOptions: oneAttempt(time)
  })
  return rowsOf(stream, typesOf(table), time)
}

export interface SqlQuery {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
  /** The client's names of the types of the parameters. */
  readonly types: Readonly<Record<string, string | { readonly type: 'array'; child: string }>>
}

/** Run a query whose columns are of this table, for a page of at most `limit` rows. */
export async function queryPage(
  snapshot: Snapshot,
  { table, limit }: Pick<Select, 'table' | 'limit'>,
  query: SqlQuery,
  time: ReadTime
): Promise<RowPage> {
  const types = typesOf(table)
  const page = createPage(limit)
  await eachRow(runQuery(snapshot, query, time), time, (fields) =>
    page.add(() => decodeRow(fields, types))
  )
  return page.build()
}

/** Ask Spanner for its time: that of a strong read, which sees every commit before it. */
export async function readTimestamp(session: Session, timeoutMs: number): Promise<string> {
  const snapshot = session.snapshot({ strong: true })
  await querySchema(snapshot, { sql: 'SELECT 1', params: {}, types: {} }, readTime(timeoutMs))
  snapshot.end()
  return formatTimestamp(snapshot.readTimestampProto)
}

/** Run a query about the schema: every column is a STRING. */
export function querySchema(
  snapshot: Snapshot,
  query: SqlQuery,
  time: ReadTime
): Promise<readonly Row[]> {
  return rowsOf(runQuery(snapshot, query, time), new Map(), time)
}

function runQuery(snapshot: Snapshot, query: SqlQuery, time: ReadTime): RowStream {
  failFast(snapshot)
  return snapshot.runStream({
    sql: query.sql,
    params: { ...query.params },
    types: { ...query.types },
    requestOptions: { ...requestOptions },
    gaxOptions: oneAttempt(time)
  })
}

/**
 * The client's network layer would answer every error of a stream, an aborted transaction among
 * them, with two more attempts after 2 and 4 seconds.
 */
const oneAttempt = ({ left, signal }: ReadTime) => ({
  timeout: Math.max(1, Math.ceil(left())),
  retryRequestOptions: { noResponseRetries: 0 },
  ...(signal && { otherArgs: { options: { interceptors: [cancelledBy(signal)] } } })
})

/** Only gRPC itself can end a call: a stream of the client that is destroyed leaves it open. */
function cancelledBy(signal: AbortSignal): Interceptor {
  return (options, next) => {
    const call = new InterceptingCall(next(options))
    const cancel = () => call.cancelWithStatus(status.CANCELLED, 'the reader hung up')
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
    return call
  }
}

/**
 * Let the first broken stream break the read. The client would ask again at once, and again until
 * the deadline: in an outage every read would keep a processor busy.
 */
function failFast(snapshot: Snapshot): void {
  const open = snapshot.requestStream
  let broken: Error | undefined
  snapshot.requestStream = (config) => {
    if (broken) return new PassThrough().destroy(new Error('broken', { cause: broken }))
    return open(config).once('error', (error: Error) => {
      broken = error
    })
  }
}

/** Collect all rows, decoded by the types of their columns. */
async function rowsOf(
  stream: RowStream,
  types: ColumnTypes,
  time: ReadTime
): Promise<readonly Row[]> {
  const rows: Row[] = []
  await eachRow(stream, time, (fields) => {
    rows.push(decodeRow(fields, types))
    return true
  })
  return rows
}

const cancelled = () => Object.assign(new Error('the reader hung up'), { code: status.CANCELLED })

/** Visit rows as the protocol carries them, until a visit returns false. */
function eachRow(
  stream: RowStream,
  { signal }: ReadTime,
  visit: (fields: readonly RawField[]) => boolean
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled()), { once: true })
    if (signal?.aborted) reject(cancelled())
    stream
      .on('response', keepRaw)
      .on('data', (fields: readonly RawField[]) => {
        if (visit(fields)) return
        resolve()
        stream.destroy()
      })
      .on('error', (error: Error) => reject(error.cause ?? error))
      .once('end', () => resolve())
  })
}

type ColumnTypes = ReadonlyMap<string, ColumnType>

const typesOf = oncePerTable(
  ({ columns }): ColumnTypes => new Map(columns.map(({ name, type }) => [name, type]))
)

const text: ColumnType = { scalar: 'STRING', array: false }

interface RawField {
  readonly name: string
  readonly value: unknown
}

function decodeRow(fields: readonly RawField[], types: ColumnTypes): Row {
  const values: Record<string, Value> = {}
  for (const { name, value } of fields) values[name] = decodeValue(types.get(name) ?? text, value)
  return values
}

interface RawType {
  code?: unknown
  arrayElementType?: RawType
}

interface RawResponse {
  readonly metadata?: {
    readonly rowType?: { readonly fields?: readonly { type?: RawType }[] }
  } | null
}

/**
 * Have the client hand over values as they came, by calling every column a STRING before it decodes
 * the first row. Its own decoding loses the JSON value null, integers in JSON beyond 2^53, and the
 * second of a timestamp before 1970.
 */
function keepRaw({ metadata }: RawResponse): void {
  for (const field of metadata?.rowType?.fields ?? []) {
    const raw = { code: 'STRING' }
    field.type = field.type?.code === 'ARRAY' ? { code: 'ARRAY', arrayElementType: raw } : raw
  }
}
