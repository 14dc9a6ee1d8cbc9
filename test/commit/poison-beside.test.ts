import { describe, expect, test } from 'vitest'
import { createCommitter } from '../../src/commit/committer.ts'
import type { Plan } from '../../src/plan.ts'
import { openBreakableStore, refuse } from './breakable-store.ts'
import { unbounded } from './commit-all.ts'
import { add, broken, items, owned, plan, upsert } from './tables.ts'
import { createTimedStore } from './timed-store.ts'

const good = (n: number) => plan(n, upsert(items, `row ${n}`, '1', { a: 'fine' }))
const refused = (n: number) => plan(n, upsert(items, `row ${n}`, '1', { a: 'poison' }))
/** Two of these do not fit into one counter. */
const overflow = (n: number) => plan(n, add('full', { count: '9223372036854775807' }))

/** 200 good events with the poison spread evenly between them. */
function spread(poison: readonly Plan[]): readonly Plan[] {
  const plans = Array.from({ length: 200 }, (_each, n) => good(n))
  const gap = Math.floor(200 / (poison.length + 1))
  for (const [i, each] of poison.entries()) plans.splice((i + 1) * gap + i, 0, each)
  return plans
}

/** Submit them, in one turn or the first alone, and tell when the slowest good one had landed. */
async function land(
  plans: readonly Plan[],
  { firstAlone = false, lanes = 2, maxEvents = 500 } = {}
) {
  const store = await openBreakableStore()
  store.onCommit = refuse('poison')
  const timed = createTimedStore(store)
  const committer = createCommitter({
    ...unbounded(store),
    store: timed,
    lanes,
    maxEvents,
    poison: 'store'
  })
  let slowest = 0
  const submit = async (each: Plan) => {
    const settled = await committer.submit(each)
    if (settled.verdict !== 'dead-lettered') slowest = timed.now()
    return settled.verdict
  }
  const [first, ...others] = plans
  const landed = async () => {
    const early = firstAlone && first ? [submit(first)] : []
    if (firstAlone) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    return Promise.all([...early, ...(firstAlone ? others : plans).map(submit)])
  }
  const verdicts = await timed.run(landed())
  return { verdicts, slowest, commits: timed.commits(), atOnce: timed.atOnce() }
}

const events = (count: number, make: (n: number) => Plan) =>
  Array.from({ length: count }, (_each, i) => make(1000 + i))

describe('200 good events that arrive at once', () => {
  const cases = [1, 4, 30].flatMap((poison) =>
    [false, true].map((firstAlone) => ({ poison, firstAlone, more: poison > 4 ? 8 : 3 }))
  )

  test.each(cases)(
    'land within $more commits more beside $poison that the store refuses (the first alone: $firstAlone)',
    async ({ poison, firstAlone, more }) => {
      const without = await land(spread([]), { firstAlone })
      const beside = await land(spread(events(poison, refused)), { firstAlone })
      expect(beside.slowest - without.slowest).toBeLessThanOrEqual(more)
      expect(beside.verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(200)
      expect(beside.verdicts.filter((verdict) => verdict === 'dead-lettered')).toHaveLength(poison)
    }
  )

  test('do not wait for the batches before theirs that have poison in them', async () => {
    const without = await land(spread([]), { maxEvents: 25 })
    const beside = await land(spread(events(8, refused)), { maxEvents: 25 })
    expect(beside.slowest - without.slowest).toBeLessThanOrEqual(3)
  })

  test('keep the number of commits in flight bounded while the poison is looked for', async () => {
    const { atOnce } = await land(spread(events(30, refused)))
    // Two lanes, 48 parts and a trial.
    expect(atOnce).toBeLessThanOrEqual(51)
  })

  test('land beside poison one commit at a time where the store takes no more', async () => {
    const { atOnce, verdicts } = await land(spread(events(2, refused)), { lanes: 1 })
    expect(atOnce).toBe(1)
    expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(200)
  })

  test('land as fast as without poison where deciding names it', async () => {
    const without = await land(spread([]), { lanes: 1 })
    const named = [
      ...events(10, (n) => broken(n)),
      ...events(10, (n) => overflow(n + 100)),
      ...events(10, (n) => plan(n + 200, upsert(owned, `row ${n}`, '1', { a: 'taken' })))
    ]
    const beside = await land(spread(named), { lanes: 1 })
    // The first overflow fits, and the first owner. The others are named by a transaction that only
    // reads.
    expect(beside.verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(202)
    expect(beside.verdicts.filter((verdict) => verdict === 'dead-lettered')).toHaveLength(28)
    expect(beside.slowest - without.slowest).toBeLessThanOrEqual(1)
    expect(beside.commits - without.commits).toBe(1)
  })
})

describe('an event that arrives while poison is tried', () => {
  test('is committed at once', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison')
    const timed = createTimedStore(store)
    const committer = createCommitter({
      ...unbounded(store),
      store: timed,
      lanes: 2,
      poison: 'store'
    })
    const poison = committer.submit(refused(1))
    await timed.run(new Promise((resolve) => setImmediate(resolve)))
    await timed.run(committer.submit(good(2)))
    const before = timed.now()
    expect(committer.quarantined()).toBe(1)
    await timed.run(committer.submit(good(3)))
    expect(timed.now() - before).toBeLessThanOrEqual(2)
    expect((await timed.run(poison)).verdict).toBe('dead-lettered')
    expect(committer.quarantined()).toBe(0)
  })
})
