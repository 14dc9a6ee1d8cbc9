import { type Database, Spanner } from '@google-cloud/spanner'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'
import { refusedPrefix } from './chaos-event.ts'

/** A row as the database has it: texts, and null. */
export type StoredRow = Readonly<Record<string, string | null>>

const ms = (column: string) => `CAST(UNIX_MILLIS(${column}) AS STRING) AS ${column}`
const text = (column: string) => `CAST(${column} AS STRING) AS ${column}`
const deleted = "IF(deleted_at IS NULL, 'no', 'yes') AS deleted"
const stamp = `${ms('event_version')}, event_key`

const queries = {
  items: `SELECT id, value, ${text('price')}, ${stamp}, ${deleted} FROM items`,
  orders:
    `SELECT order_id, customer_id, status, currency, ${text('total')}, ${ms('placed_at')}, ` +
    `${ms('shipped_at')}, carrier, tracking_number, ${ms('cancelled_at')}, cancel_reason, ` +
    `${stamp}, ${deleted} FROM orders`,
  orderLines:
    `SELECT order_id, ${text('line')}, sku, ${text('quantity')}, ${text('unit_price')}, ` +
    `${text('amount')}, ${stamp}, ${deleted} FROM order_lines`,
  orderEvents:
    `SELECT order_id, type, ${ms('occurred_at')}, source, event_id, TO_JSON_STRING(data) AS data, ` +
    'event_key FROM order_events',
  dailySales: `SELECT sku, ${text('day')}, ${text('quantity')}, ${text('revenue')} FROM daily_sales`,
  ledger: 'SELECT event_key FROM event_ledger',
  deadLetters: 'SELECT id, reason, status FROM dead_letters'
} as const

export type TableName = keyof typeof queries

export const tableNames = [
  'items',
  'orders',
  'orderLines',
  'orderEvents',
  'dailySales',
  'ledger',
  'deadLetters'
] as const satisfies readonly TableName[]

/** All rows of all tables at one moment; none of a table that was not read. */
export type Tables = Readonly<Record<TableName, readonly StoredRow[]>>

/** The database itself, past the proxy and without the code under test. */
export interface TableReader {
  /** Read these tables in one transaction. */
  read(names: readonly TableName[]): Promise<Tables>
  /** Make the store refuse some rows that nothing before it refuses. */
  addConstraint(): Promise<void>
  close(): Promise<void>
}

/** Read a database of the emulator in SPANNER_EMULATOR_HOST. */
export function createTableReader(name: string): TableReader {
  const { project, instance, database } = parseDatabaseName(name)
  const client = new Spanner({
    projectId: project,
    disableBuiltInMetrics: true,
    clientOptions: { universeDomain: 'googleapis.com' }
  })
  const opened = client.instance(instance).database(database)
  return {
    read: (names) => readTables(opened, names),
    async addConstraint() {
      const rule = `CHECK (NOT STARTS_WITH(value, '${refusedPrefix}'))`
      const statement = `ALTER TABLE items ADD CONSTRAINT chaos_refuses ${rule}`
      const [operation] = await opened.updateSchema([statement])
      await operation.promise()
    },
    async close() {
      await opened.close()
      await client.close()
    }
  }
}

async function readTables(database: Database, names: readonly TableName[]): Promise<Tables> {
  const [snapshot] = await database.getSnapshot({ strong: true })
  const read = async (name: TableName): Promise<readonly StoredRow[]> => {
    if (!names.includes(name)) return []
    const [rows] = await snapshot.run({ sql: queries[name], json: true })
    // Every column of the queries is a text or NULL.
    return rows as StoredRow[]
  }
  try {
    return {
      items: await read('items'),
      orders: await read('orders'),
      orderLines: await read('orderLines'),
      orderEvents: await read('orderEvents'),
      dailySales: await read('dailySales'),
      ledger: await read('ledger'),
      deadLetters: await read('deadLetters')
    }
  } finally {
    snapshot.end()
  }
}
