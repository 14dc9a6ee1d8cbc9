import { describe, expect, test } from 'vitest'
import { type CommitterOptions, createCommitter } from '../../src/commit/committer.ts'
import type { Settled } from '../../src/commit/outcome.ts'
import { Failure } from '../../src/failures.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import {
  type BreakableStore,
  openBreakableStore,
  readAll,
  readRows,
  refuse
} from './breakable-store.ts'
import { unbounded } from './commit-all.ts'
import { add, broken, items, plan, texts, upsert } from './tables.ts'

const event = (n: number, id = `row ${n}`, a = 'fine') =>
  plan(n, upsert(items, id, String(n), { a }))
const events = (count: number) => Array.from({ length: count }, (_each, n) => event(n))

async function setUp(options: Partial<Omit<CommitterOptions, 'poison'>> = {}) {
  const store = await openBreakableStore()
  const clock = { ms: 0 }
  const failures: Failure[] = []
  const committer = createCommitter({
    store,
    lanes: 1,
    maxEvents: 100,
    queueMaxEvents: 1000,
    queueMaxBytes: 1_000_000,
    poison: 'store',
    breakerFailures: 3,
    breakerCooldownMs: 1000,
    now: () => clock.ms,
    onCommit: ({ failure }) => failure && failures.push(failure),
    ...options
  })
  return { store, clock, failures, committer, ...createGate(store) }
}

/** Hold commits until they are let through. */
function createGate(store: BreakableStore) {
  const waiting: ((failure?: Failure) => void)[] = []
  const arrivals: (() => void)[] = []
  return {
    hold() {
      store.onCommit = () =>
        new Promise<void>((resolve, reject) => {
          waiting.push((failure) => (failure ? reject(failure) : resolve()))
          arrivals.shift()?.()
        })
    },
    /** Resolves when a commit has reached the store. */
    reached: () =>
      waiting.length > 0 ? Promise.resolve() : new Promise<void>((r) => arrivals.push(r)),
    release(failure?: Failure) {
      store.onCommit = undefined
      for (const finish of waiting.splice(0)) finish(failure)
    }
  }
}

describe('group commit', () => {
  test('commits a lone event alone, at once', async () => {
    const { committer, store } = await setUp()
    expect(await committer.submit(event(1))).toMatchObject({ verdict: 'applied', batchSize: 1 })
    expect(store.commits).toHaveLength(1)
  })

  test('joins what arrives while a commit is in flight into the next one', async () => {
    const { committer, store, hold, reached, release } = await setUp()
    hold()
    const first = committer.submit(event(0))
    await reached()
    const rest = events(50)
      .slice(1)
      .map((each) => committer.submit(each))
    release()
    const settled = await Promise.all([first, ...rest])
    expect(settled.map(({ batchSize }) => batchSize)).toEqual([1, ...Array(49).fill(49)])
    expect(store.commits).toHaveLength(2)
  })

  test('joins what arrives in one turn of the event loop into one commit', async () => {
    const { committer } = await setUp()
    // Two callbacks of one turn, as two sockets have; all promises settle between them.
    const inOneTurn = [event(1), event(2)].map(
      (each) =>
        new Promise<Settled>((resolve, reject) => {
          setImmediate(() => committer.submit(each).then(resolve, reject))
        })
    )
    const settled = await Promise.all(inOneTurn)
    expect(settled.map(({ batchSize }) => batchSize)).toEqual([2, 2])
  })

  test('never puts more than COMMIT_MAX_EVENTS into one commit', async () => {
    const { committer, store } = await setUp({ maxEvents: 20 })
    const settled = await Promise.all(events(50).map((each) => committer.submit(each)))
    expect(settled.map(({ batchSize }) => batchSize)).toEqual([
      ...Array(20).fill(20),
      ...Array(20).fill(20),
      ...Array(10).fill(10)
    ])
    expect(store.commits).toHaveLength(3)
  })

  test('never puts more mutations into one commit than Spanner takes', async () => {
    const { committer, store } = await setUp()
    const large = events(4).map((each) => ({ ...each, mutations: 30_000 }))
    await Promise.all(large.map((each) => committer.submit(each)))
    expect(store.commits.map((tables) => tables.length)).toEqual([2, 2])
  })

  test('never puts more bytes into one commit than Spanner takes', async () => {
    const { committer, store } = await setUp({ queueMaxBytes: 1e9 })
    const large = events(4).map((each) => ({ ...each, bytes: 20 * 1024 * 1024 }))
    await Promise.all(large.map((each) => committer.submit(each)))
    expect(store.commits.map((tables) => tables.length)).toEqual([2, 2])
  })

  test('sends events of one row to one lane, in the order of their arrival', async () => {
    const { committer, store } = await setUp({ lanes: 8 })
    const same = [1, 2, 3, 4].map((n) => committer.submit(event(n, 'one row')))
    expect((await Promise.all(same)).map(({ verdict }) => verdict)).toEqual(
      Array(4).fill('applied')
    )
    expect(store.commits).toHaveLength(1)
  })

  test('has at most one commit in flight per lane, and several lanes at once', async () => {
    const { committer, store, hold, reached, release } = await setUp({ lanes: 4 })
    hold()
    const settled = events(200).map((each) => committer.submit(each))
    await reached()
    await new Promise((resolve) => setImmediate(resolve))
    expect(store.attempts).toBe(4)
    release()
    await Promise.all(settled)
  })

  test('applies one of two hundred concurrent deliveries of the same event', async () => {
    const { committer } = await setUp()
    const settled = await Promise.all(Array.from({ length: 200 }, () => committer.submit(event(7))))
    const applied = settled.filter(({ verdict }) => verdict === 'applied')
    expect(applied).toHaveLength(1)
    expect(settled.filter(({ verdict }) => verdict === 'duplicate')).toHaveLength(199)
  })

  test('lands 499 events beside one poison event, and refuses none', async () => {
    const { committer, store } = await setUp({ maxEvents: 500 })
    store.onCommit = refuse('poison')
    const settled = await Promise.all(
      Array.from({ length: 500 }, (_each, n) =>
        committer.submit(event(n, `row ${n}`, n === 250 ? 'poison' : 'fine'))
      )
    )
    expect(settled.filter(({ verdict }) => verdict === 'applied')).toHaveLength(499)
    expect(settled[250]).toMatchObject({
      verdict: 'dead-lettered',
      reason: { code: 'STORE_REFUSED' }
    })
  })
})

describe('a plan that cannot land', () => {
  const poison = broken(1, 'DATA_INVALID', 'no id')

  test('is settled as a dead letter', async () => {
    const { committer, store } = await setUp()
    expect(await committer.submit(poison)).toMatchObject({
      verdict: 'dead-lettered',
      reason: { code: 'DATA_INVALID' }
    })
    expect(await readRows(store, deadLettersTable)).toHaveLength(1)
  })

  test('is refused at once with POISON=reject, without asking the store', async () => {
    const store = await openBreakableStore()
    const committer = createCommitter({ ...unbounded(store), poison: 'reject' })
    await expect(committer.submit(poison)).resolves.toEqual({
      kind: 'rejected',
      reason: { code: 'DATA_INVALID', detail: 'no id' }
    })
    expect(store.attempts).toBe(0)
    expect(committer.queue()).toEqual({ events: 0, bytes: 0 })
  })

  test.each(['store', 'reject'] as const)(
    'is reported as dead-lettered by a dry run with POISON=%s, which writes nothing',
    async (mode) => {
      const store = await openBreakableStore()
      const committer = createCommitter({ ...unbounded(store), poison: mode })
      await committer.submit(event(2))
      await committer.submit(plan(3, add('x', { count: '9223372036854775807' })))
      const overflow = plan(6, add('x', { count: '1' }))
      const results = await committer.dryRun([poison, event(2), overflow, event(4), plan(5)])
      expect(results.map(({ verdict }) => verdict)).toEqual([
        'dead-lettered',
        'duplicate',
        'dead-lettered',
        'applied',
        'ignored'
      ])
      expect(results[0]?.reason).toEqual({ code: 'DATA_INVALID', detail: 'no id' })
      expect(results[2]?.reason?.code).toBe('COUNTER_OVERFLOW')
      // The row of event 2, and those of event 3: its counter and its entry in the ledger.
      expect(Object.values(await readAll(store)).flat()).toHaveLength(3)
    }
  )
})

describe('a full queue', () => {
  test('refuses the next event at once and takes events again when it has room', async () => {
    const { committer, hold, reached, release } = await setUp({ queueMaxEvents: 2 })
    hold()
    const accepted = [committer.submit(event(1)), committer.submit(event(2))]
    await reached()
    await expect(committer.submit(event(3))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    release()
    await Promise.all(accepted)
    await expect(committer.submit(event(3))).resolves.toMatchObject({ verdict: 'applied' })
  })

  test('is bounded in bytes, yet lets one event larger than the bound land alone', async () => {
    const { committer, hold, reached, release } = await setUp({ queueMaxBytes: 1000 })
    hold()
    const large = committer.submit({ ...event(1), bytes: 5000 })
    await reached()
    await expect(committer.submit(event(2))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    release()
    await expect(large).resolves.toMatchObject({ verdict: 'applied' })
  })

  test('frees the bytes of an event when it is settled', async () => {
    const { committer } = await setUp({ queueMaxBytes: 1000 })
    for (const n of [1, 2, 3]) {
      const both = [n, n + 10].map((each) => committer.submit({ ...event(each), bytes: 500 }))
      await expect(Promise.all(both)).resolves.toHaveLength(2)
    }
  })
})

describe('the breaker', () => {
  const down = () => {
    throw new Failure('STORE_UNAVAILABLE', 'down')
  }

  test('opens after several failed commits in a row and then asks the store nothing', async () => {
    const { committer, store, failures } = await setUp()
    store.onCommit = down
    for (const n of [1, 2, 3])
      await expect(committer.submit(event(n))).rejects.toBeInstanceOf(Failure)
    expect(committer.breaker()).toBe('open')
    await expect(committer.submit(event(4))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(store.attempts).toBe(3)
    expect(failures).toHaveLength(3)
    expect(Object.values(await readAll(store)).flat()).toEqual([])
  })

  test('lets one probe through after the cooldown, and closes when it succeeds', async () => {
    const { committer, store, clock } = await setUp()
    store.onCommit = down
    for (const n of [1, 2, 3]) await committer.submit(event(n)).catch(() => undefined)
    store.onCommit = undefined
    clock.ms = 1000
    const probe = committer.submit(event(4))
    await expect(committer.submit(event(5))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(probe).resolves.toMatchObject({ verdict: 'applied' })
    await expect(committer.submit(event(5))).resolves.toMatchObject({ verdict: 'applied' })
  })

  test('stays open when the probe fails', async () => {
    const { committer, store, clock } = await setUp()
    store.onCommit = down
    for (const n of [1, 2, 3]) await committer.submit(event(n)).catch(() => undefined)
    clock.ms = 1500
    await committer.submit(event(4)).catch(() => undefined)
    await committer.submit(event(5)).catch(() => undefined)
    expect(store.attempts).toBe(4)
  })

  test('refuses at once what was queued behind the commit that opened it', async () => {
    const { committer, store, hold, reached, release } = await setUp({ breakerFailures: 1 })
    hold()
    const first = committer.submit(event(1))
    await reached()
    const queued = committer.submit(event(2))
    release(new Failure('STORE_UNAVAILABLE', 'down'))
    await expect(first).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(queued).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(store.attempts).toBe(1)
    expect(committer.breaker()).toBe('open')
  })

  test('opens after one commit that took as long as a commit may', async () => {
    const { committer, hold, reached, release, clock } = await setUp({ commitTimeoutMs: 5000 })
    hold()
    const first = committer.submit(event(1))
    await reached()
    const queued = committer.submit(event(2))
    clock.ms = 5000
    release(new Failure('STORE_UNAVAILABLE', 'nothing answers'))
    await expect(first).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(queued).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(committer.breaker()).toBe('open')
  })

  test('does not open for contention, which is the price of load', async () => {
    const { committer, store } = await setUp({ breakerFailures: 1 })
    store.onCommit = () => {
      throw new Failure('STORE_CONTENDED', 'aborted')
    }
    await expect(committer.submit(event(1))).rejects.toMatchObject({ code: 'STORE_CONTENDED' })
    expect(committer.breaker()).toBe('closed')
  })

  test('stays closed while some events of a commit land, whatever becomes of the others', async () => {
    const { committer, store } = await setUp({ breakerFailures: 1 })
    store.onCommit = (mutations) => {
      if (mutations.some(({ table }) => table.name === 'items')) {
        throw new Failure('STORE_MISCONFIGURED', 'there is no table items')
      }
    }
    store.verify = async () => [{ table: 'items', message: 'there is no table items' }]
    const [misconfigured, landed] = await Promise.allSettled([
      committer.submit(event(1)),
      committer.submit(plan(2, upsert(texts, 'x', 'v', {})))
    ])
    expect(misconfigured).toMatchObject({ reason: { code: 'STORE_MISCONFIGURED' } })
    expect(landed).toMatchObject({ value: { verdict: 'applied' } })
    expect(committer.breaker()).toBe('closed')
  })

  test('does not count poison as a failure', async () => {
    const { committer, store } = await setUp({ breakerFailures: 1 })
    store.onCommit = refuse('poison')
    const settled = await committer.submit(event(1, 'x', 'poison'))
    expect(settled.verdict).toBe('dead-lettered')
    expect(committer.breaker()).toBe('closed')
  })
})
