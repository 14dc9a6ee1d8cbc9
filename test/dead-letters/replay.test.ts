import { describe, expect, test } from 'vitest'
import { findDeadLetters } from '../../src/dead-letters/find.ts'
import { dryRunDeadLetters, replayDeadLetters } from '../../src/dead-letters/replay.ts'
import { readDeadLetter } from '../../src/dead-letters/stored.ts'
import { Failure } from '../../src/failures.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Mutation, Store } from '../../src/store/store.ts'
import { faultySchemas, order, poison } from '../cli/poison.ts'
import {
  collect,
  ingestInto,
  openMemory,
  rejectingIngestInto,
  structured
} from '../support/landing.ts'
import { retryPolicy } from '../support/retry-policy.ts'

const contracts = await readContracts('schemas')

/** A store with this many open letters, which land with the shipped schemas. */
async function storeWithLetters(events: readonly unknown[]): Promise<Store> {
  const store = await openMemory(contracts)
  const faulty = ingestInto(store, await readContracts(await faultySchemas()))
  await Promise.all(events.map((event) => faulty.land(structured(event))))
  return store
}

/** Inspect every commit before it is done; throwing refuses it. */
function watched(store: Store, look: (mutations: readonly Mutation[]) => void): Store {
  return {
    ...store,
    commit: (guards, decide) =>
      store.commit(guards, (current) => {
        const decision = decide(current)
        look(decision.mutations)
        return decision
      })
  }
}

function replayAll(store: Store, tries = 0, signal?: AbortSignal) {
  const ingest = rejectingIngestInto(store, contracts)
  const letters = findDeadLetters(store, { status: 'open' })
  return replayDeadLetters(letters, { store, ingest, retries: retryPolicy(tries, signal) })
}

async function sold(store: Store): Promise<unknown> {
  const table = contracts.tables.find(({ name }) => name === 'daily_sales')
  if (!table) throw new Error('no daily_sales')
  const row = await store.read(table, ['tea', '2026-11-01'], ['quantity'], { kind: 'strong' })
  return row?.['quantity']
}

const openLetters = (store: Store) => collect(findDeadLetters(store, { status: 'open' }))
const marks = (mutations: readonly Mutation[]) =>
  mutations.some(({ table }) => table.name === deadLettersTable.name)

describe('replaying dead letters', () => {
  test('lands each once when it is repeated after an interruption between landing and marking', async () => {
    const store = await storeWithLetters(poison(1200))
    let batches = 0
    const dying = watched(store, (mutations) => {
      if (!marks(mutations)) return
      batches += 1
      if (batches === 2) throw new Error('killed')
    })
    await expect(collect(replayAll(dying))).rejects.toThrow('killed')
    expect(await openLetters(store)).toHaveLength(700)
    expect(await sold(store)).not.toBe('1200')

    const verdicts = (await collect(replayAll(store))).map(({ verdict }) => verdict)
    expect(verdicts).toHaveLength(700)
    expect(verdicts.filter((verdict) => verdict === 'duplicate')).toHaveLength(500)
    expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(200)
    expect(await openLetters(store)).toEqual([])
    expect(await sold(store)).toBe('1200')
  })

  test('stops between two batches when it is interrupted, with every landed letter marked', async () => {
    const store = await storeWithLetters(poison(1200))
    const controller = new AbortController()
    const counting = watched(store, (mutations) => {
      if (marks(mutations)) controller.abort()
    })
    expect(await collect(replayAll(counting, 0, controller.signal))).toHaveLength(500)
    expect(await openLetters(store)).toHaveLength(700)
    await collect(replayAll(store))
    expect(await sold(store)).toBe('1200')
  })

  test('waits until a failing store recovers', async () => {
    const store = await storeWithLetters(poison(10))
    let troubles = 3
    const flaky = watched(store, () => {
      troubles -= 1
      if (troubles >= 0) throw new Failure('STORE_UNAVAILABLE', 'not now')
    })
    expect(await collect(replayAll(flaky, 5))).toHaveLength(10)
    expect(await openLetters(store)).toEqual([])
    expect(await sold(store)).toBe('10')
  })

  test('marks nothing when the store keeps failing, and reports it', async () => {
    const store = await storeWithLetters(poison(4))
    const down = watched(store, () => {
      throw new Failure('STORE_UNAVAILABLE', 'not now')
    })
    const replay = collect(replayAll(down, 2))
    await expect(replay).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const open = await openLetters(store)
    expect(open.map(({ replays }) => replays)).toEqual([0, 0, 0, 0])
  })

  test('marks the letters that landed when the store failed for others', async () => {
    const store = await storeWithLetters(poison(4))
    const orders = watched(store, (mutations) => {
      if (mutations.some(({ table }) => table.name === 'orders')) {
        throw new Failure('STORE_UNAVAILABLE', 'not now')
      }
    })
    const ingest = rejectingIngestInto(orders, contracts)
    const single = { ...ingest, land: serially(ingest.land) }
    const letters = findDeadLetters(store, { status: 'open' })
    const replayed: string[] = []
    const replay = async () => {
      const options = { store, ingest: single, retries: retryPolicy(0) }
      for await (const { verdict } of replayDeadLetters(letters, options)) replayed.push(verdict)
    }
    await expect(replay()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(replayed).toEqual(['applied', 'applied'])
    expect(await openLetters(store)).toHaveLength(2)
  })

  test('restores a body that continues in a second cell, byte for byte', async () => {
    const big = { ...order(1), data: { ...order(1).data, customer_id: 'c'.repeat(11_000_000) } }
    const store = await storeWithLetters([big])
    const [{ id } = { id: '' }] = await openLetters(store)
    const letter = await readDeadLetter(store, id)
    expect(letter?.delivery.body.equals(structured(big).body)).toBe(true)
    expect(await collect(replayAll(store))).toMatchObject([{ verdict: 'dead-lettered' }])
    const again = await readDeadLetter(store, id)
    expect(again?.delivery.body.equals(structured(big).body)).toBe(true)
    expect(again).toMatchObject({ reason: 'DATA_INVALID', replays: 1, timesSeen: 1 })
  })
})

describe('a dry run of dead letters', () => {
  test('writes nothing, and reads the current rows', async () => {
    const store = await storeWithLetters(poison(4))
    const good = ingestInto(store, contracts)
    await good.land(structured(poison(1)[0]))
    const watching = watched(store, (mutations) => expect(mutations).toEqual([]))
    const ingest = rejectingIngestInto(watching, contracts)
    const letters = findDeadLetters(store, { status: 'open' })
    const options = { store: watching, ingest, retries: retryPolicy(0) }
    const verdicts = (await collect(dryRunDeadLetters(letters, options))).map(
      (each) => each.verdict
    )
    expect(verdicts.sort()).toEqual(['applied', 'applied', 'applied', 'duplicate'])
    expect(await openLetters(store)).toHaveLength(4)
  })
})

/** One after the other, so that each has its own commit. */
function serially<A, R>(work: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve()
  return (argument) => {
    const next = last.then(() => work(argument))
    last = next.catch(() => undefined)
    return next
  }
}
