import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CommitStore } from '../../src/commit/attempt.ts'
import { type Committer, createCommitter } from '../../src/commit/committer.ts'
import { Failure } from '../../src/failures.ts'
import type { Plan } from '../../src/plan.ts'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { Mutation } from '../../src/store/store.ts'
import {
  type BreakableStore,
  openBreakableStore,
  readAll,
  readRow,
  readRows
} from './breakable-store.ts'
import { unbounded } from './commit-all.ts'
import { add, append, broken, items, keyOf, log, plan, sales, upsert } from './tables.ts'

/** What a commit may answer, and whether it happened before. */
const faults = [
  ['STORE_REFUSED', 'Spanner: FAILED_PRECONDITION.'],
  ['STORE_REFUSED', 'Spanner: INVALID_ARGUMENT.'],
  ['STORE_REFUSED', 'Spanner: ALREADY_EXISTS.'],
  ['STORE_INTERNAL', 'Spanner: INTERNAL.'],
  ['STORE_INTERNAL', 'Spanner: DATA_LOSS.'],
  ['STORE_UNAVAILABLE', 'Spanner: UNAVAILABLE.'],
  ['STORE_CONTENDED', 'Spanner: ABORTED.']
] as const

interface Weather {
  /** Of 100 commits, so many fail. */
  readonly failing: number
  /** Of 100 that fail, so many have happened. */
  readonly lost: number
  /** The faults it has. */
  readonly kinds: readonly number[]
}

/** Fail commits at random, also after they have happened. */
function inWeather(
  store: BreakableStore,
  { failing, lost, kinds }: Weather,
  random: Iterator<number>
): { readonly stormy: CommitStore; calm(): void } {
  const next = (below: number) => Number(random.next().value) % below
  let calm = false
  return {
    calm() {
      calm = true
    },
    stormy: {
      verify: store.verify,
      async commit(guards, decide) {
        if (calm || next(100) >= failing) return store.commit(guards, decide)
        if (next(100) < lost) await store.commit(guards, decide)
        const [code, text] = faults[kinds[next(kinds.length)] ?? 0] ?? faults[0]
        throw new Failure(code, text)
      }
    }
  }
}

const isPoison = (mutations: readonly Mutation[]) =>
  mutations.some(({ row }) => row['a'] === 'poison')

function eventOf(n: number): Plan {
  if (n % 10 === 9) return broken(n)
  if (n % 10 === 8) return plan(n, upsert(items, `row ${n}`, '1', { a: 'poison' }))
  if (n % 3 === 0) return plan(n, upsert(items, `row ${n % 7}`, String(n), { a: 'fine' }))
  if (n % 3 === 1) return plan(n, append(n, 'x', { a: 'fine' }))
  return plan(n, add('x', { count: '1' }), upsert(items, `row ${n}`, '1', { a: 'fine' }))
}

/** Send every event until it is acknowledged, a few times in the storm and then until all are. */
async function sendAll(committer: Committer<never>, events: readonly Plan[], calm: () => void) {
  const told = new Map<Plan, string[]>(events.map((each) => [each, []]))
  for (let delivery = 0; [...told.values()].some((verdicts) => verdicts.length === 0); delivery++) {
    if (delivery === 6) calm()
    const open = events.filter((each) => told.get(each)?.length === 0 || delivery < 3)
    await Promise.all(
      open.map(async (each) => {
        const outcome = await committer.submit(each).catch(() => undefined)
        if (outcome) told.get(each)?.push(outcome.verdict)
      })
    )
  }
  return told
}

describe('while commits fail at random, some after they have happened,', () => {
  test('no good event has a dead letter, none is lost, and none has its effect twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          failing: fc.integer({ min: 5, max: 90 }),
          lost: fc.integer({ min: 0, max: 100 }),
          kinds: fc.uniqueArray(fc.nat(faults.length - 1), { minLength: 1 })
        }),
        fc.infiniteStream(fc.nat()),
        fc.constantFrom(1, 2),
        async (weather, random, lanes) => {
          const store = await openBreakableStore()
          store.onCommit = (mutations) => {
            if (isPoison(mutations)) throw new Failure('STORE_REFUSED', 'the value is refused')
          }
          const { stormy, calm } = inWeather(store, weather, random)
          const options = { ...unbounded(store), store: stormy, lanes, poison: 'store' } as const
          const committer = createCommitter({ ...options, maxEvents: 12 })
          const events = Array.from({ length: 40 }, (_each, n) => eventOf(n))
          const told = await sendAll(committer, events, calm)
          await expectPromises(store, events, told)
        }
      ),
      { numRuns: 150, endOnFailure: true }
    )
  })
})

async function expectPromises(
  store: BreakableStore,
  events: readonly Plan[],
  told: ReadonlyMap<Plan, readonly string[]>
): Promise<void> {
  const isBad = (n: number) => n % 10 >= 8
  const letters = await readRows(store, deadLettersTable)
  const bad = events.flatMap((_each, n) => (isBad(n) ? [keyOf(n)] : []))
  expect(letters.map(({ id }) => id).toSorted()).toEqual(bad.toSorted())
  for (const { id, reason } of letters) {
    const n = Number(`0x${String(id)}`)
    expect(reason, `the reason of event ${n}`).toBe(n % 10 === 9 ? 'DATA_INVALID' : 'STORE_REFUSED')
  }
  for (const [n, each] of events.entries()) {
    const verdicts = told.get(each) ?? []
    expect(verdicts.includes('dead-lettered'), `event ${n}: ${verdicts}`).toBe(isBad(n))
  }
  const counting = events.filter((_each, n) => !isBad(n) && n % 3 === 2).length
  expect(await readRow(store, sales, 'x')).toMatchObject({ count: String(counting) })
  const logged = events.filter((_each, n) => !isBad(n) && n % 3 === 1).length
  expect((await readAll(store))[log.name]).toHaveLength(logged)
}
