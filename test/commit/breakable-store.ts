import { onTestFinished } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { deadLettersTable, ledgerTable } from '../../src/store/managed-tables.ts'
import type { Mutation, Store } from '../../src/store/store.ts'
import { managedColumns, type Table } from '../../src/store/table.ts'
import { COMMIT_TIMESTAMP, type Row, type Value } from '../../src/values/value.ts'
import { items, log, merged, owned, sales, texts } from './tables.ts'

const tables = [items, merged, texts, owned, log, sales, ledgerTable, deadLettersTable]

/** The embedded store in memory, which counts its commits and breaks when a test says so. */
export interface BreakableStore extends Store {
  /** The table names of every commit of events that succeeded, in order. */
  readonly commits: string[][]
  attempts: number
  /** Runs before a commit applies; throwing refuses it. */
  onCommit?: ((mutations: readonly Mutation[]) => void | Promise<void>) | undefined
  verify: Store['verify']
}

/** Open a store whose clock stands still, so that its n-th commit is at `commitTime(n)`. */
export async function openBreakableStore(): Promise<BreakableStore> {
  const inner = await openEmbeddedStore({
    file: ':memory:',
    tables,
    now: () => Date.UTC(2026, 10, 1, 10)
  })
  onTestFinished(inner.close)
  const store: BreakableStore = {
    ...inner,
    commits: [],
    attempts: 0,
    async commit(guards, decide) {
      store.attempts += 1
      // A store may decide more than once: here once to know what it is going to write.
      if (store.onCommit) await store.onCommit(await mutationsOf(inner, guards, decide))
      let written: readonly Mutation[] = []
      const committed = await inner.commit(guards, (current) => {
        const decision = decide(current)
        written = decision.mutations
        return decision
      })
      // What an event writes has the time of its commit; what only tries the store has none.
      const ofEvents = written.filter(({ row }) => Object.values(row).includes(COMMIT_TIMESTAMP))
      if (ofEvents.length > 0 || written.length === 0) {
        store.commits.push(ofEvents.map(({ table }) => table.name))
      }
      return committed
    }
  }
  return store
}

/** Decide in a transaction that writes nothing. */
const mutationsOf = async (...[store, guards, decide]: [Store, ...Parameters<Store['commit']>]) =>
  (await store.commit(guards, (current) => ({ mutations: [], result: decide(current).mutations })))
    .result

/** The commit timestamp of the n-th commit of a store that nothing has refused. */
export const commitTime = (n: number) => `2026-11-01T10:00:00.00000${n - 1}000Z`

/** Read one whole row, tombstones included. */
export function readRow(
  store: Store,
  table: Table,
  ...key: readonly Value[]
): Promise<Row | undefined> {
  const columns = table.columns.map(({ name }) => name)
  return store.read(table, key, columns, { kind: 'strong' })
}

/** Read every whole row of a table, tombstones included. */
export async function readRows(store: Store, table: Table): Promise<readonly Row[]> {
  const columns = table.columns.map(({ name }) => name)
  const { primaryKey } = table
  // Only a table with this column hides rows from a list.
  const shown = table.columns.filter(({ name }) => name !== managedColumns.deletedAt)
  const select = { table: { ...table, columns: shown }, columns: primaryKey, order: primaryKey }
  const { rows } = await store.list({ ...select, equals: {}, limit: 10_000 }, { kind: 'strong' })
  const whole = rows.map((row) => {
    const key = primaryKey.map((name) => row[name] ?? null)
    return store.read(table, key, columns, { kind: 'strong' })
  })
  return (await Promise.all(whole)).filter((row) => row !== undefined)
}

/** Read every row of all tables, by table; a time is only said to be there, as it differs. */
export async function readAll(store: Store): Promise<Record<string, readonly Row[]>> {
  const read = tables.map(async (table) => {
    const rows = await readRows(store, table)
    return [table.name, rows.map((row) => withoutTimes(table, row))] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

function withoutTimes({ columns }: Table, row: Row): Row {
  const times = columns.filter(({ commitTimestamp }) => commitTimestamp).map(({ name }) => name)
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      times.includes(name) && value !== null ? 'the time of a commit' : value
    ])
  )
}

/** Change some columns of a row behind the back of the service, as an operator might. */
export async function changeRow(
  store: Store,
  table: Table,
  key: readonly Value[],
  changes: Row
): Promise<void> {
  const row = await readRow(store, table, ...key)
  await store.commit([], () => ({
    mutations: [{ table, row: { ...row, ...changes } }],
    result: undefined
  }))
}

/** Refuse every commit whose mutations hold this text, as Spanner would refuse a bad value. */
export function refuse(text: string, code: 'STORE_REFUSED' | 'STORE_INTERNAL' = 'STORE_REFUSED') {
  return (mutations: readonly Mutation[]) => {
    const poisoned = mutations.some(
      ({ table, row }) => table.name !== 'dead_letters' && Object.values(row).includes(text)
    )
    if (poisoned) throw new Failure(code, 'the value is refused')
  }
}
