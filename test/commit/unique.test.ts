import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import { openBreakableStore, readAll, readRows } from './breakable-store.ts'
import { commitAll, verdictsOf } from './commit-all.ts'
import { keyOf, owned, plan, remove, upsert } from './tables.ts'

const claim = (n: number, id: string, a: string | null, version = '1') =>
  plan(n, upsert(owned, id, version, { a }))

/** What becomes of plans that come one after another, and of the same plans in one batch. */
async function bothWays(plans: readonly Plan[]) {
  const [apart, together] = [await openBreakableStore(), await openBreakableStore()]
  const verdicts: string[] = []
  for (const each of plans) verdicts.push(...verdictsOf(await commitAll(apart, [each])))
  return { apart, together, verdicts, batched: verdictsOf(await commitAll(together, plans)) }
}

describe('an entry of a unique index', () => {
  const cases: readonly (readonly [string, readonly Plan[], readonly string[]])[] = [
    [
      'is refused to another row',
      [claim(1, 'x', 'red'), claim(2, 'y', 'red'), claim(3, 'z', 'blue')],
      ['applied', 'dead-lettered', 'applied']
    ],
    [
      'stays with its row',
      [claim(1, 'x', 'red'), claim(1, 'x', 'red'), claim(2, 'x', 'red', '2')],
      ['applied', 'duplicate', 'applied']
    ],
    [
      'is free again when its row has another value',
      [claim(1, 'x', 'red'), claim(2, 'x', 'blue', '2'), claim(3, 'y', 'red')],
      ['applied', 'applied', 'applied']
    ],
    [
      'is free again when its row is deleted',
      [claim(1, 'x', 'red'), plan(2, remove(owned, 'x', '2')), claim(3, 'y', 'red')],
      ['applied', 'applied', 'applied']
    ],
    [
      'is refused while its row has it, whatever comes later',
      [claim(1, 'x', 'red'), claim(2, 'y', 'red'), plan(3, remove(owned, 'x', '2'))],
      ['applied', 'dead-lettered', 'applied']
    ],
    [
      'is not taken by an event that is stale',
      [claim(1, 'x', 'red'), claim(2, 'y', 'blue', '2'), claim(3, 'y', 'red', '1')],
      ['applied', 'applied', 'stale']
    ],
    ['is no NULL', [claim(1, 'x', null), claim(2, 'y', null)], ['applied', 'applied']],
    [
      'is refused to the second of two rows of one event',
      [plan(1, upsert(owned, 'x', '1', { a: 'red' }), upsert(owned, 'y', '1', { a: 'red' }))],
      ['dead-lettered']
    ]
  ]

  test.each(cases)('%s', async (_name, plans, expected) => {
    const { apart, together, verdicts, batched } = await bothWays(plans)
    expect(verdicts).toEqual(expected)
    expect(batched).toEqual(expected)
    expect((await readAll(together))['owned']).toEqual((await readAll(apart))['owned'])
  })

  test('is named by deciding: no commit is lost, and the dead letter names the index', async () => {
    const store = await openBreakableStore()
    await commitAll(store, [claim(1, 'x', 'red')])
    const others = Array.from({ length: 50 }, (_each, n) => claim(100 + n, `${n}`, `${n}`))
    await commitAll(store, [...others, claim(2, 'y', 'red')])
    expect(store.commits).toHaveLength(2)
    expect(await readRows(store, deadLettersTable)).toMatchObject([
      { id: keyOf(2), reason: 'STORE_REFUSED', detail: expect.stringContaining('owned_by_a') }
    ])
  })

  test('is decided as the store would, whatever the events and however they are batched', async () => {
    const event = fc.record({
      row: fc.constantFrom('w', 'x', 'y', 'z'),
      a: fc.constantFrom('red', 'green', 'blue', null),
      version: fc.integer({ min: 1, max: 4 }),
      deletes: fc.boolean()
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 10 }), async (events) => {
        const plans = events.map(({ row, a, version, deletes }, n) =>
          deletes && n % 3 === 0
            ? plan(n, remove(owned, row, String(version)))
            : claim(n, row, a, String(version))
        )
        const { apart, together, verdicts, batched } = await bothWays(plans)
        expect(batched).toEqual(verdicts)
        expect((await readAll(together))['owned']).toEqual((await readAll(apart))['owned'])
        // Nothing was left for the store to refuse.
        expect(apart.attempts).toBe(plans.length + verdicts.filter(isLetter).length)
      }),
      { numRuns: 60, endOnFailure: true }
    )
  })
})

const isLetter = (verdict: string) => verdict === 'dead-lettered'
