import { describe, expect, test } from 'vitest'
import { type Plan, rowId } from '../../src/plan.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import { commitAll, verdictsOf } from '../commit/commit-all.ts'

const text = { type: { scalar: 'STRING', length: 64, array: false } } as const

/** A state table in which no two rows may have the same owner. */
const owned: Table = {
  name: 'owned',
  kind: 'state',
  columns: [
    { name: 'id', ...text, notNull: true },
    { name: 'owner', ...text, notNull: false },
    { name: 'event_version', type: { scalar: 'INT64', array: false }, notNull: true },
    { name: 'event_key', ...text, notNull: true },
    {
      name: 'committed_at',
      type: { scalar: 'TIMESTAMP', array: false },
      notNull: true,
      commitTimestamp: true
    },
    {
      name: 'deleted_at',
      type: { scalar: 'TIMESTAMP', array: false },
      notNull: false,
      commitTimestamp: true
    }
  ],
  primaryKey: ['id'],
  indexes: [{ name: 'owned_by_owner', columns: ['owner'], storing: [], unique: true }],
  guardColumns: ['event_version', 'event_key', 'deleted_at', 'owner']
}

export const bisectionTables: readonly Table[] = [owned, deadLettersTable]

function claim(n: number, owner: string): Plan {
  const eventKey = n.toString(16).padStart(32, '0')
  const key = [`${n}`]
  const row = rowId(owned, key)
  const write = { kind: 'state', operation: 'upsert', table: owned, key, row } as const
  const provenance = {
    key: eventKey,
    envelope: 'unknown',
    delivery: { headers: {}, body: Buffer.from(owner) },
    metadata: {}
  } as const
  const values = { owner }
  return {
    writes: [{ ...write, version: '1', values }],
    provenance,
    bytes: 100,
    mutations: 8
  }
}

/** Prove on a real store that what it refuses stands alone in the end, and that the others land. */
export function describeBisection(name: string, open: () => Promise<Store>): void {
  describe(`${name}, when it refuses four of three hundred events, two without warning`, () => {
    test('keeps them as dead letters and lands the others, each once', async () => {
      const store = await open()
      try {
        await commitAll(store, [claim(1000, 'taken')])
        const [taken, tooLong] = [
          [17, 240],
          [18, 130]
        ]
        const poisoned = [...taken, ...tooLong]
        const ownerOf = (n: number) => {
          if (taken.includes(n)) return 'taken'
          return tooLong.includes(n) ? 'x'.repeat(65) : `owner ${n}`
        }
        const plans = Array.from({ length: 300 }, (_each, n) => claim(n, ownerOf(n)))
        const verdicts = verdictsOf(await commitAll(store, plans))
        const expected = plans.map((_plan, n) =>
          poisoned.includes(n) ? 'dead-lettered' : 'applied'
        )
        expect(verdicts).toEqual(expected)
        expect(await count(store, owned)).toBe(297)
        expect(await count(store, deadLettersTable)).toBe(4)
      } finally {
        await store.close()
      }
    })
  })
}

async function count(store: Store, table: Table): Promise<number> {
  const select = { table, columns: table.primaryKey, equals: {}, order: table.primaryKey }
  return (await store.list({ ...select, limit: 1000 }, { kind: 'strong' })).rows.length
}
