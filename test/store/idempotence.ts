import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from '../../src/delivery/decode.ts'
import { Failure } from '../../src/failures.ts'
import type { Plan } from '../../src/plan.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import { commitAll } from '../commit/commit-all.ts'

const contracts = await readContracts('schemas')

/** Values that differ between two orders of the same events: the times of the commits. */
const times = ['committed_at', 'deleted_at', 'first_seen', 'last_seen', 'times_seen']

interface Happening {
  readonly order: number
  readonly minute: number
  readonly kind: 'placed' | 'shipped' | 'cancelled' | 'changed' | 'deleted' | 'poison'
}

const happening: fc.Arbitrary<Happening> = fc.record({
  order: fc.integer({ min: 1, max: 2 }),
  minute: fc.integer({ min: 10, max: 14 }),
  kind: fc.constantFrom('placed', 'shipped', 'cancelled', 'changed', 'deleted', 'poison')
})

/**
 * Prove on a store that any order and any repetition of deliveries, cut into any batches, ends in
 * the same rows, with the events of the shipped contracts: states, merges, logs and counters.
 */
export function describeIdempotence(
  name: string,
  numRuns: number,
  open: () => Promise<Store>
): void {
  describe(`${name}, for every order and repetition of deliveries`, () => {
    test('ends in the rows that each event once, in the order of versions, ends in', async () => {
      const store = await open()
      let run = 0
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.array(happening, { minLength: 1, maxLength: 8 }),
            fc.infiniteStream(fc.nat()),
            async (happenings, random) => {
              // Each run has rows of its own: the names of everything start with the run.
              run += 1
              const prefix = `r${run}`
              const plans = happenings.map((each, n) => planOf(prefix, each, n))
              const once = await openEmbeddedStore({ file: ':memory:', tables: contracts.tables })
              for (const plan of inVersionOrder(plans, happenings)) await landAll(once, [plan])
              const expected = await rowsOf(once, prefix)
              await once.close()
              for (const batch of cut([...plans, ...plans, ...plans], random))
                await landAll(store, batch)
              expect(await rowsOf(store, prefix)).toEqual(expected)
              expect(await itemsOf(store, prefix)).toEqual(liveItems(happenings, plans, prefix))
            }
          ),
          { numRuns, endOnFailure: true }
        )
      } finally {
        await store.close()
      }
    })
  })
}

async function landAll(store: Store, plans: readonly Plan[]): Promise<void> {
  for (const outcome of await commitAll(store, plans)) {
    if (outcome instanceof Failure) throw outcome
  }
}

function planOf(prefix: string, { order, minute, kind }: Happening, n: number): Plan {
  const orderId = `${prefix}-${order}`
  const data = {
    placed: {
      order_id: orderId,
      customer_id: `c-${n}`,
      placed_on: '2026-11-01',
      currency: 'EUR',
      total: `${n}.50`,
      lines: [
        { sku: `${prefix}-tea`, quantity: n + 1, unit_price: '0.10', amount: `${n}.10` },
        { sku: `${prefix}-pot`, quantity: 1, unit_price: '0.20', amount: '0.20' }
      ]
    },
    shipped: { order_id: orderId, carrier: `carrier ${n}` },
    cancelled: { order_id: orderId, reason: `reason ${n}` },
    changed: { id: orderId, value: `value ${n}` },
    deleted: { id: orderId },
    poison: { id: orderId, value: n }
  }[kind]
  const type = {
    placed: 'com.example.order.placed.v1',
    shipped: 'com.example.order.shipped.v1',
    cancelled: 'com.example.order.cancelled.v1',
    changed: 'com.example.item.changed.v1',
    deleted: 'com.example.item.deleted.v1',
    poison: 'com.example.item.changed.v1'
  }[kind]
  const time = `2026-11-01T10:${minute}:00Z`
  const event = { specversion: '1.0', id: `${n}`, source: `//${prefix}`, type, time, data }
  const [arrival] = decode({
    headers: { 'content-type': ['application/cloudevents+json'] },
    body: Buffer.from(JSON.stringify(event))
  })
  if (!arrival) throw new Error('no arrival')
  return contracts.plan(arrival)
}

function inVersionOrder(plans: readonly Plan[], happenings: readonly Happening[]): readonly Plan[] {
  const minuteOf = (plan: Plan) => happenings[plans.indexOf(plan)]?.minute ?? 0
  return plans.toSorted(
    (a, b) => minuteOf(a) - minuteOf(b) || a.provenance.key.localeCompare(b.provenance.key)
  )
}

/** The items that must be listed: those whose newest event is a change, told without a store. */
function liveItems(happenings: readonly Happening[], plans: readonly Plan[], prefix: string) {
  const newest = new Map<number, Happening['kind']>()
  for (const plan of inVersionOrder(plans, happenings)) {
    const { order, kind } = happenings[plans.indexOf(plan)] ?? {}
    if (order && (kind === 'changed' || kind === 'deleted')) newest.set(order, kind)
  }
  const live = [...newest].filter(([, kind]) => kind === 'changed')
  return live.map(([order]) => `${prefix}-${order}`).toSorted()
}

async function itemsOf(store: Store, prefix: string): Promise<readonly string[]> {
  const table = contracts.tables.find(({ name }) => name === 'items')
  const rows = table ? await allRows(store, table) : []
  return rows
    .map(({ id }) => String(id))
    .filter((id) => id.startsWith(`${prefix}-`))
    .toSorted()
}

/** Every row of a run, without what tells one commit from another. */
async function rowsOf(store: Store, prefix: string): Promise<unknown> {
  const tables = contracts.tables.filter(
    ({ name }) => !['event_ledger', 'storage_objects'].includes(name)
  )
  const rows = await Promise.all(
    tables.map(async (table) => (await allRows(store, table)).map((row) => [table.name, row]))
  )
  return rows
    .flat()
    .map((row) => JSON.stringify(row))
    .filter((text) => text.includes(`${prefix}-`) || text.includes(`//${prefix}"`))
    .sort()
}

async function allRows(store: Store, table: Table) {
  // Spanner orders the members of JSON values.
  const columns = table.columns
    .filter(({ name, type }) => !times.includes(name) && type.scalar !== 'JSON')
    .map(({ name }) => name)
  const select = { table, columns, equals: {}, order: table.primaryKey, limit: 100_000 }
  return (await store.list(select, { kind: 'strong' })).rows
}

function cut(plans: readonly Plan[], random: Iterator<number>): Plan[][] {
  const next = (below: number) => Number(random.next().value) % below
  const rest = [...plans]
  const batches: Plan[][] = []
  while (rest.length > 0) {
    const size = 1 + next(6)
    const batch: Plan[] = []
    while (batch.length < size && rest.length > 0) batch.push(...rest.splice(next(rest.length), 1))
    batches.push(batch)
  }
  return batches
}
