import { describe, expect, expectTypeOf, test } from 'vitest'
import { createCommitter } from '../../src/commit/committer.ts'
import type { Outcome, Settled } from '../../src/commit/outcome.ts'
import { Failure, failures, type RetryFailure } from '../../src/failures.ts'
import type { Mutation } from '../../src/store/store.ts'
import { openBreakableStore, readAll } from './breakable-store.ts'
import { commitAll, unbounded, verdictsOf } from './commit-all.ts'
import { add, append, broken, items, plan, texts, upsert } from './tables.ts'

/** As a revoked key makes it: reads work, and every commit that writes is refused. */
function refuseAll(mutations: readonly Mutation[]): void {
  if (mutations.length > 0) throw new Failure('STORE_REFUSED', 'Spanner: FAILED_PRECONDITION.')
}

const events = (count: number) =>
  Array.from({ length: count }, (_each, n) => plan(n, upsert(items, `row ${n}`, '1', {})))

async function openRefusing() {
  const store = await openBreakableStore()
  store.onCommit = refuseAll
  const letters = async () => Object.values(await readAll(store)).flat()
  return { store, letters }
}

describe('a store that refuses every commit', () => {
  test.each(['store', 'reject'] as const)(
    'blames no event, with POISON=%s: all must be sent again',
    async (poison) => {
      const { store, letters } = await openRefusing()
      const plans = [
        ...events(50),
        plan(60, append(60, 'x', {})),
        plan(61, add('x', { count: '1' })),
        plan(62, upsert(items, 'a', '1', {}), upsert(texts, 'a', 'v', {}))
      ]
      const told = verdictsOf(await commitAll(store, plans, { poison, lanes: 2 }))
      expect(new Set(told)).toEqual(new Set(['STORE_MISCONFIGURED']))
      expect(await letters()).toEqual([])
    }
  )

  test('blames no event that comes alone', async () => {
    const { store, letters } = await openRefusing()
    expect(verdictsOf(await commitAll(store, events(1)))).toEqual(['STORE_MISCONFIGURED'])
    expect(await letters()).toEqual([])
  })

  test('is no reason to acknowledge what is poison anyway', async () => {
    const { store } = await openRefusing()
    const told = verdictsOf(await commitAll(store, [broken(1), ...events(2)]))
    expect(new Set(told)).toEqual(new Set(['STORE_MISCONFIGURED']))
  })

  test('is asked few times, however large the batch', async () => {
    const { store } = await openRefusing()
    await commitAll(store, events(500), { lanes: 2 })
    expect(store.attempts).toBeLessThan(80)
  })

  test('opens the breaker, and its failure is reported', async () => {
    const { store } = await openRefusing()
    const told: unknown[] = []
    const committer = createCommitter({
      ...unbounded(store),
      breakerFailures: 3,
      breakerCooldownMs: 1000,
      now: () => 0,
      poison: 'store',
      onStore: (failure) => told.push(failure?.code)
    })
    for (const event of events(3)) await committer.submit(event).catch(() => undefined)
    expect(committer.breaker()).toBe('open')
    expect(told).toEqual(Array(3).fill('STORE_MISCONFIGURED'))
    const before = store.attempts
    await expect(committer.submit(plan(9))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(store.attempts).toBe(before)
  })

  test('for one table only lets the events of the others land', async () => {
    const store = await openBreakableStore()
    store.onCommit = (mutations) =>
      refuseAll(mutations.filter(({ table }) => table.name === 'items'))
    const others = Array.from({ length: 20 }, (_each, n) =>
      plan(100 + n, upsert(texts, `${n}`, 'v', {}))
    )
    const told = verdictsOf(await commitAll(store, [...events(20), ...others], { lanes: 2 }))
    expect(told).toEqual([...Array(20).fill('STORE_MISCONFIGURED'), ...Array(20).fill('applied')])
  })
})

describe('an outcome', () => {
  test('is stored or must be sent again, by its type', () => {
    expectTypeOf<Outcome>().toEqualTypeOf<Settled | RetryFailure>()
    expectTypeOf<'STORE_REFUSED'>().not.toExtend<RetryFailure['code']>()
    expect(failures.STORE_REFUSED.action).toBe('dead-letter')
  })
})
