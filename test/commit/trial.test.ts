import { describe, expect, test } from 'vitest'
import { createCommitter } from '../../src/commit/committer.ts'
import { Failure } from '../../src/failures.ts'
import type { Plan } from '../../src/plan.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Mutation, Store } from '../../src/store/store.ts'
import { COMMIT_TIMESTAMP } from '../../src/values/value.ts'
import {
  type BreakableStore,
  openBreakableStore,
  readAll,
  readRows,
  refuse
} from './breakable-store.ts'
import { commitAll, unbounded, verdictsOf } from './commit-all.ts'
import { add, append, broken, items, merge, merged, plan, remove, upsert } from './tables.ts'

const good = (n: number) => plan(n, upsert(items, `row ${n}`, '1', { a: 'fine' }))
const poison = (n: number) => plan(n, upsert(items, `row ${n}`, '1', { a: 'poison' }))
const refused = (text = 'the value is refused') => new Failure('STORE_REFUSED', text)
const isPoison = (mutations: readonly Mutation[]) =>
  mutations.some(({ row }) => Object.values(row).includes('poison'))
/** It writes what no event writes: nothing of it has the time of its commit. */
const isControl = (mutations: readonly Mutation[]) =>
  mutations.length > 0 &&
  !mutations.some(({ row }) => Object.values(row).includes(COMMIT_TIMESTAMP))
const letters = (store: BreakableStore) => readRows(store, deadLettersTable)

async function setUp() {
  const store = await openBreakableStore()
  store.onCommit = refuse('poison')
  const results: string[] = []
  const committer = createCommitter({
    ...unbounded(store),
    poison: 'store',
    onTrial: (result) => results.push(result)
  })
  const submit = (each: Plan) =>
    committer.submit(each).then(
      ({ verdict }) => verdict,
      ({ code }: Failure) => code
    )
  return { store, committer, submit, results }
}

describe('a trial', () => {
  test('has ten rounds, each a refusal and a commit of the same tables, then the dead letter', async () => {
    const { store, submit, results } = await setUp()
    const seen: string[] = []
    store.onCommit = (mutations) => {
      seen.push(isPoison(mutations) ? 'event' : isControl(mutations) ? 'control' : 'letter')
      refuse('poison')(mutations)
    }
    expect(await submit(poison(1))).toBe('dead-lettered')
    const rounds = Array.from({ length: 10 }, () => ['event', 'control']).flat()
    expect(seen).toEqual(['event', ...rounds, 'letter'])
    expect(results).toEqual(['dead-lettered'])
  })

  test.each(Array.from({ length: 10 }, (_each, i) => i + 1))(
    'blames no event when the commit of the same tables fails in round %i',
    async (round) => {
      const { store, submit, results } = await setUp()
      let controls = 0
      store.onCommit = (mutations) => {
        controls += Number(isControl(mutations))
        if (isControl(mutations) && controls === round) throw refused('not this either')
        refuse('poison')(mutations)
      }
      expect(await submit(poison(1))).toBe('STORE_MISCONFIGURED')
      expect(await letters(store)).toEqual([])
      expect(results).toEqual(['retry'])
    }
  )

  test.each([
    ['other words', refused('something else'), 'STORE_INTERNAL'],
    ['an internal error', new Failure('STORE_INTERNAL', 'oops'), 'STORE_INTERNAL'],
    ['an outage', new Failure('STORE_UNAVAILABLE', 'gone'), 'STORE_UNAVAILABLE'],
    ['contention', new Failure('STORE_CONTENDED', 'busy'), 'STORE_CONTENDED']
  ])('blames no event when a later round ends in %s', async (_name, failure, code) => {
    const { store, submit } = await setUp()
    let refusals = 0
    store.onCommit = (mutations) => {
      refusals += Number(isPoison(mutations))
      if (isPoison(mutations) && refusals === 7) throw failure
      refuse('poison')(mutations)
    }
    expect(await submit(poison(1))).toBe(code)
    expect(await letters(store)).toEqual([])
  })

  test('compares the whole text of a refusal, of which the sender is told only the names', async () => {
    const { store, submit } = await setUp()
    let refusals = 0
    store.onCommit = (mutations) => {
      if (!isPoison(mutations)) return
      refusals += 1
      const cause = new Error(`9 FAILED_PRECONDITION: ${refusals < 5 ? 'this' : 'that'}`)
      throw new Failure('STORE_REFUSED', 'Spanner: FAILED_PRECONDITION.', { cause })
    }
    expect(await submit(poison(1))).toBe('STORE_INTERNAL')
    expect(await letters(store)).toEqual([])
  })

  test('ends with the verdict of the event when it lands after all', async () => {
    const { store, submit, results } = await setUp()
    let refusals = 0
    store.onCommit = (mutations) => {
      if (isPoison(mutations) && ++refusals < 5) throw refused()
    }
    expect(await submit(poison(1))).toBe('applied')
    expect(results).toEqual(['landed'])
    expect(await letters(store)).toEqual([])
  })

  test('changes nothing but for the dead letter, whatever kinds of tables the event writes', async () => {
    const { store, submit } = await setUp()
    const before = [
      plan(1, upsert(items, 'x', '5', { a: 'kept' }), append(1, 'x', { a: 'kept' })),
      plan(2, merge(merged, 'x', '5', { a: 'kept' }), add('x', { count: '3', total: '1.5' })),
      plan(3, remove(items, 'gone', '5'))
    ]
    await commitAll(store, before)
    const rows = await readAll(store)
    const everywhere = plan(
      9,
      upsert(items, 'x', '9', { a: 'poison' }),
      remove(items, 'gone', '9'),
      merge(merged, 'y', '9', { a: 'poison' }),
      append(9, 'x', { a: 'poison' }),
      add('x', { count: '1' })
    )
    expect(await submit(everywhere)).toBe('dead-lettered')
    expect({ ...(await readAll(store)), dead_letters: [] }).toEqual(rows)
  })
})

describe('a dead letter', () => {
  /** Commit what an event writes, and answer that it was refused. */
  function loseAnswers(store: BreakableStore): Pick<Store, 'commit' | 'verify'> {
    return {
      verify: store.verify,
      async commit(guards, decide) {
        let written: readonly Mutation[] = []
        const committed = await store.commit(guards, (current) => {
          const decision = decide(current)
          written = decision.mutations
          return decision
        })
        const isLetter = guards.some(({ table }) => table.name === 'dead_letters')
        if (isLetter || isControl(written)) return committed
        throw refused()
      }
    }
  }

  test.each([
    ['a state row', (n: number) => plan(n, upsert(items, 'x', '5', {}))],
    ['a log row', (n: number) => plan(n, append(n, 'x', {}))],
    [
      'a counter and a log row',
      (n: number) => plan(n, add('x', { count: '1' }), append(n, 'x', {}))
    ]
  ])('is not written where the effect is there already: %s', async (_name, make) => {
    const store = await openBreakableStore()
    expect(verdictsOf(await commitAll(loseAnswers(store), [make(1)]))).toEqual(['duplicate'])
    expect(await letters(store)).toEqual([])
  })

  test('is not written for an event that something newer has overtaken', async () => {
    const { store, submit } = await setUp()
    let refusals = 0
    store.onCommit = async (mutations) => {
      if (!isPoison(mutations)) return
      refusals += 1
      // Another instance writes a newer version while the trial is at its end.
      if (refusals === 11) {
        store.onCommit = refuse('poison')
        await commitAll(store, [plan(2, upsert(items, 'row 1', '9', { a: 'newer' }))])
      }
      throw refused()
    }
    expect(await submit(poison(1))).toBe('stale')
    expect(await letters(store)).toEqual([])
  })

  test('that cannot be written is no reason to suspect its event', async () => {
    const { store, submit, results } = await setUp()
    store.onCommit = (mutations) => {
      if (mutations.some(({ table }) => table.name === 'dead_letters')) throw refused()
    }
    expect(await submit(broken(1))).toBe('STORE_MISCONFIGURED')
    await submit(plan(2, add('x', { count: '9223372036854775807' })))
    expect(await submit(plan(3, add('x', { count: '1' })))).toBe('STORE_MISCONFIGURED')
    expect(results).toEqual([])
  })

  test('of an event that breaks a rule of the contracts keeps its reason', async () => {
    const { store, submit } = await setUp()
    await submit(plan(1, add('x', { count: '9223372036854775807' })))
    const overflow = plan(2, add('x', { count: '1' }), append(2, 'x', { a: 'poison' }))
    expect(await submit(overflow)).toBe('dead-lettered')
    expect(await letters(store)).toMatchObject([{ reason: 'COUNTER_OVERFLOW' }])
  })
})

describe('a suspect that is sent again', () => {
  test('joins its trial, and is one dead letter', async () => {
    const { store, submit } = await setUp()
    const first = submit(poison(1))
    // Each wait for a dead letter, of which only one trial is made.
    const copies = Array.from({ length: 5 }, () => submit(poison(1)))
    expect(await Promise.all([first, ...copies])).toEqual(Array(6).fill('dead-lettered'))
    expect(await letters(store)).toHaveLength(1)
    expect(store.attempts).toBeLessThan(40)
  })

  test('after its sender had given up needs no second trial', async () => {
    const { store, submit } = await setUp()
    await submit(poison(1))
    const before = store.attempts
    expect(await submit(poison(1))).toBe('dead-lettered')
    // It is refused as before, the store works, and its dead letter is seen twice.
    expect(store.attempts - before).toBe(3)
    expect(await letters(store)).toMatchObject([{ times_seen: '2' }])
  })

  test('lands when what refused it is gone', async () => {
    const { store, submit } = await setUp()
    await submit(poison(1))
    store.onCommit = undefined
    expect(await submit(poison(1))).toBe('applied')
  })

  test('disturbs no batch, for an internal error too', async () => {
    const { store, submit } = await setUp()
    store.onCommit = refuse('poison', 'STORE_INTERNAL')
    expect(await submit(poison(1))).toBe('STORE_INTERNAL')
    const before = store.attempts
    const told = await Promise.all([submit(poison(1)), ...[2, 3, 4].map((n) => submit(good(n)))])
    expect(told).toEqual(['STORE_INTERNAL', 'applied', 'applied', 'applied'])
    // One commit for the good ones, one for the suspect.
    expect(store.attempts - before).toBe(2)
    expect(await letters(store)).toEqual([])
  })

  test('and turns out to be good is applied once, however many copies waited', async () => {
    const { store, submit, results } = await setUp()
    let refusals = 0
    store.onCommit = (mutations) => {
      // Their batch, each alone, and some rounds of their trial.
      if (isPoison(mutations) && ++refusals < 8) throw refused()
    }
    const told = await Promise.all([1, 1, 1].map((n) => submit(poison(n))))
    expect(results).toEqual(['landed'])
    expect(told.toSorted()).toEqual(['applied', 'duplicate', 'duplicate'])
  })
})

describe('the quarantine', () => {
  test('is bounded: what does not fit is sent again, and nothing of it is lost', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison')
    const plans = Array.from({ length: 8 }, (_each, n) => poison(n))
    // A twentieth of the queue.
    const options = { ...unbounded(store), queueMaxEvents: 40, poison: 'store' } as const
    const committer = createCommitter(options)
    const told = await Promise.allSettled(plans.map((each) => committer.submit(each)))
    const full = told.filter(({ status }) => status === 'rejected')
    expect(full).toHaveLength(6)
    for (const each of full) expect(each).toMatchObject({ reason: { code: 'QUEUE_FULL' } })
    expect(committer.queue()).toEqual({ events: 0, bytes: 0 })
    for (const each of plans) await committer.submit(each)
    expect(await letters(store)).toHaveLength(8)
  })
})
