import { describe, expect, test } from 'vitest'
import { createCommitter } from '../../src/commit/committer.ts'
import { Failure } from '../../src/failures.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Mutation, Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import { openBreakableStore, readAll, readRows, refuse } from './breakable-store.ts'
import { commitAll, unbounded, verdictsOf as verdicts } from './commit-all.ts'
import { add, broken, items, keyOf, plan, texts, upsert } from './tables.ts'

const plans = (count: number, poisoned: readonly number[] = []) =>
  Array.from({ length: count }, (_each, n) =>
    plan(n, upsert(items, `row ${n}`, '1', { a: poisoned.includes(n) ? 'poison' : 'fine' }))
  )

const rowCount = async (store: Store, table: Table) => (await readRows(store, table)).length

const countAll = async (store: Store) => Object.values(await readAll(store)).flat().length

describe('landing a batch', () => {
  test('is one commit when nothing is wrong with it', async () => {
    const store = await openBreakableStore()
    const outcomes = await commitAll(store, plans(500))
    expect(new Set(verdicts(outcomes))).toEqual(new Set(['applied']))
    expect(store.commits).toHaveLength(1)
    expect(outcomes[0]).toMatchObject({ batchSize: 500, commitTimestamp: expect.any(String) })
  })

  test.each([
    ['at the front', 16, [0]],
    ['in the middle', 16, [7]],
    ['at the end', 16, [15]],
    ['twice, side by side', 16, [6, 7]],
    ['twice, far apart', 17, [0, 16]],
    ['alone', 1, [0]],
    ['everywhere', 5, [0, 1, 2, 3, 4]]
  ])(
    'bisects until poison %s stands alone: the others land, once',
    async (_name, count, poisoned) => {
      const store = await openBreakableStore()
      store.onCommit = refuse('poison')
      const outcomes = await commitAll(store, plans(count, poisoned))
      expect(verdicts(outcomes)).toEqual(
        Array.from({ length: count }, (_each, n) =>
          poisoned.includes(n) ? 'dead-lettered' : 'applied'
        )
      )
      expect(await rowCount(store, items)).toBe(count - poisoned.length)
      expect(await rowCount(store, deadLettersTable)).toBe(poisoned.length)
      expect(store.commits.flat().filter((table) => table === 'items')).toHaveLength(
        count - poisoned.length
      )
    }
  )

  test('writes the dead letter of each event that the store refuses alone', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison')
    await commitAll(store, plans(16, [3, 9, 15]))
    const withLetter = store.commits.filter((tables) => tables.includes('dead_letters'))
    expect(withLetter).toEqual([['dead_letters'], ['dead_letters'], ['dead_letters']])
  })

  test('writes what was poison from the start in the same commit as the good rows', async () => {
    const store = await openBreakableStore()
    await commitAll(store, [...plans(2), broken(9)])
    expect(store.commits).toEqual([['items', 'items', 'dead_letters']])
  })

  test('goes on in one commit with the dead letters of the events that deciding refuses', async () => {
    const store = await openBreakableStore()
    const overflow = (n: number) => plan(n, add('x', { count: '9223372036854775807' }))
    const batch = [plan(1, add('x', { count: '1' })), overflow(98), overflow(99), ...plans(1)]
    const outcomes = await commitAll(store, batch)
    expect(verdicts(outcomes)).toEqual(['applied', 'dead-lettered', 'dead-lettered', 'applied'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'COUNTER_OVERFLOW' } })
    expect(store.commits).toEqual([
      ['sales', 'event_ledger', 'dead_letters', 'dead_letters', 'items']
    ])
  })

  test('answers poison with its failure and stores nothing of it when told to reject', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison')
    const outcomes = await commitAll(store, plans(4, [2]), { poison: 'reject' })
    expect(verdicts(outcomes)).toEqual(['applied', 'applied', 'STORE_REFUSED', 'applied'])
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })
})

describe('an internal error', () => {
  test('is tried once more before an event is blamed', async () => {
    const store = await openBreakableStore()
    store.onCommit = () => {
      if (store.attempts === 1) throw new Failure('STORE_INTERNAL', 'once')
    }
    expect(verdicts(await commitAll(store, plans(4)))).toEqual(Array(4).fill('applied'))
    expect(store.attempts).toBe(2)
  })

  test('of one event in a batch is told to its sender alone, and is no reason for a dead letter', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison', 'STORE_INTERNAL')
    const outcomes = await commitAll(store, plans(16, [5]))
    expect(verdicts(outcomes).filter((verdict) => verdict === 'applied')).toHaveLength(15)
    expect(verdicts(outcomes)[5]).toBe('STORE_INTERNAL')
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })

  test('of several events is told to their senders, and the others land', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison', 'STORE_INTERNAL')
    const poisoned = [1, 4, 7, 10, 13]
    const outcomes = await commitAll(store, plans(16, poisoned))
    expect(verdicts(outcomes)).toEqual(
      Array.from({ length: 16 }, (_each, n) =>
        poisoned.includes(n) ? 'STORE_INTERNAL' : 'applied'
      )
    )
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })

  test('that lasts until the store is asked whether it works blames no event', async () => {
    const store = await openBreakableStore()
    store.onCommit = () => {
      if (store.attempts <= 4) throw new Failure('STORE_INTERNAL', 'down')
    }
    expect(verdicts(await commitAll(store, plans(1)))).toEqual(['STORE_INTERNAL'])
    expect(await countAll(store)).toBe(0)
  })

  test('of everything is an outage: no event is dead-lettered, and few commits are tried', async () => {
    const store = await openBreakableStore()
    store.onCommit = () => {
      throw new Failure('STORE_INTERNAL', 'down')
    }
    const outcomes = await commitAll(store, plans(256))
    expect(new Set(verdicts(outcomes))).toEqual(new Set(['STORE_INTERNAL']))
    expect(await countAll(store)).toBe(0)
    expect(store.attempts).toBeLessThan(40)
  })

  test('of a lone event is never its own fault, however often it is sent', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison', 'STORE_INTERNAL')
    const committer = createCommitter({ ...unbounded(store), poison: 'store' })
    for (let delivery = 0; delivery < 30; delivery++) {
      const submitted = Promise.all(plans(1, [0]).map((each) => committer.submit(each)))
      await expect(submitted).rejects.toMatchObject({ code: 'STORE_INTERNAL' })
    }
    expect(await countAll(store)).toBe(0)
  })

  test('that begins after half of a batch has landed blames no event', async () => {
    const store = await openBreakableStore()
    store.onCommit = () => {
      if (store.attempts > 2 && store.commits.length > 0)
        throw new Failure('STORE_INTERNAL', 'down')
      if (store.attempts <= 2) throw new Failure('STORE_INTERNAL', 'down')
    }
    const outcomes = verdicts(await commitAll(store, plans(64)))
    expect(outcomes.slice(0, 32)).toEqual(Array(32).fill('applied'))
    expect(outcomes.slice(32)).toEqual(Array(32).fill('STORE_INTERNAL'))
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })
})

describe('a failure of the store', () => {
  test.each(['STORE_UNAVAILABLE', 'STORE_CONTENDED', 'STORE_MISCONFIGURED'] as const)(
    '%s is the answer to every sender, and no event is dead-lettered',
    async (code) => {
      const store = await openBreakableStore()
      store.onCommit = () => {
        throw new Failure(code, 'not now')
      }
      expect(verdicts(await commitAll(store, plans(3, [1])))).toEqual([code, code, code])
      expect(store.attempts).toBe(1)
      expect(await countAll(store)).toBe(0)
    }
  )

  test('in the middle of a bisection keeps what was committed and asks for the others again', async () => {
    const store = await openBreakableStore()
    const poison = refuse('poison')
    store.onCommit = (mutations: readonly Mutation[]) => {
      if (store.commits.length > 0) throw new Failure('STORE_UNAVAILABLE', 'gone')
      poison(mutations)
    }
    const outcomes = verdicts(await commitAll(store, plans(4, [3])))
    expect(outcomes).toEqual(['applied', 'applied', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE'])
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })

  test('with the dead-letter table itself acknowledges nothing', async () => {
    const store = await openBreakableStore()
    store.onCommit = (mutations) => {
      refuse('poison')(mutations)
      if (mutations.some(({ table }) => table.name === 'dead_letters')) {
        throw new Failure('STORE_REFUSED', 'no dead letters here')
      }
    }
    const outcomes = verdicts(await commitAll(store, plans(4, [1])))
    expect(outcomes).toEqual(['applied', 'STORE_MISCONFIGURED', 'applied', 'applied'])
  })

  test('that is a live table of another shape is a fault of the deployment, for its events only', async () => {
    const store = await openBreakableStore()
    store.onCommit = refuse('poison')
    store.verify = async (tables) =>
      tables
        .filter(({ name }) => name === 'items')
        .map(({ name }) => ({ table: name, message: 'items.a is INT64' }))
    const other = plan(99, upsert(texts, 'x', 'v', {}))
    const outcomes = await commitAll(store, [...plans(8, [3]), other])
    expect(verdicts(outcomes)).toEqual([...Array(8).fill('STORE_MISCONFIGURED'), 'applied'])
    expect(await rowCount(store, deadLettersTable)).toBe(0)
  })

  test('that is a missing table lets the events of other tables land', async () => {
    const store = await openBreakableStore()
    store.onCommit = (mutations) => {
      if (mutations.some(({ table }) => table.name === 'items')) {
        throw new Failure('STORE_MISCONFIGURED', 'no table items')
      }
    }
    store.verify = async () => [{ table: 'items', message: 'there is no table items' }]
    const other = plan(99, upsert(texts, 'x', 'v', {}))
    expect(verdicts(await commitAll(store, [...plans(2), other]))).toEqual([
      'STORE_MISCONFIGURED',
      'STORE_MISCONFIGURED',
      'applied'
    ])
  })

  test('that is unexpected is a bug: an answer of INTERNAL, with the cause kept', async () => {
    const store = await openBreakableStore()
    const cause = new TypeError('oops')
    store.onCommit = () => {
      throw cause
    }
    const [outcome] = await commitAll(store, [plan(1, upsert(items, keyOf(1), '1', {}))])
    expect(outcome).toMatchObject({ code: 'INTERNAL', cause })
  })
})
