import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStore } from '../../src/open-store.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { parseConfig } from '../../src/settings.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import type { Row } from '../../src/values/value.ts'

type Env = Record<string, string>

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The shipped schemas with two faults: they have no orders, and a value must be blue. */
export async function faultySchemas(): Promise<string> {
  const folder = join(await temporaryFolder(), 'schemas')
  await cp('schemas', folder, { recursive: true })
  await rm(join(folder, 'events/com.example.order.placed.v1.json'))
  const path = join(folder, 'events/com.example.item.changed.v1.json')
  const contract = JSON.parse(await readFile(path, 'utf8'))
  contract.data.properties.value = { type: 'string', pattern: '^(blue|red)$' }
  await writeFile(path, JSON.stringify(contract))
  return folder
}

/** Events that cannot land with the faulty schemas, and land with the shipped ones. */
export function poison(count: number): readonly unknown[] {
  return Array.from({ length: count }, (_each, n) => (n % 2 === 0 ? greenItem(n) : order(n)))
}

export const greenItem = (n: number) => ({
  ...envelope(n, 'com.example.item.changed.v1'),
  data: { id: `i-${n}`, value: 'green' }
})

export const order = (n: number) => ({
  ...envelope(n, 'com.example.order.placed.v1'),
  data: {
    order_id: `o-${n}`,
    customer_id: 'c',
    placed_on: '2026-11-01',
    currency: 'EUR',
    total: '1.50',
    lines: [{ sku: 'tea', quantity: 2, unit_price: '0.75', amount: '1.50' }]
  }
})

const envelope = (n: number, type: string) => ({
  specversion: '1.0',
  id: `${n}`,
  source: '//shop',
  type,
  time: '2026-11-01T10:00:00Z'
})

export const toLines = (events: readonly unknown[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** Open the store of an environment. */
async function look<T>(env: Env, work: (store: Store) => Promise<T>): Promise<T> {
  const { tables } = await readContracts('schemas')
  const store = await openStore(parseConfig(env), tables, { ...env }, {})
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** All rows of a table; without the times of their commits if these do not matter. */
export async function rowsOf(env: Env, name: string): Promise<readonly Row[]> {
  const { tables } = await readContracts('schemas')
  const table = tables.find((each) => each.name === name)
  if (!table) throw new Error(`no table ${name}`)
  return look(env, (store) => allRows(store, table))
}

async function allRows(store: Store, table: Table): Promise<readonly Row[]> {
  const columns = table.columns.map((column) => column.name)
  const order = table.primaryKey
  const rows: Row[] = []
  for (;;) {
    const last = rows.at(-1)
    const after = last && { after: order.map((column) => last[column] ?? null) }
    const select = { table, columns, equals: {}, order, limit: 1000, ...after }
    const page = await store.list(select, { kind: 'strong' })
    rows.push(...page.rows)
    if (!page.more) return rows
  }
}
