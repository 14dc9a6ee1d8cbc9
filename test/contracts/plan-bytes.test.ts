import { protos } from '@google-cloud/spanner'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { serveModel } from '../../dev/spanner-model/serve-model.ts'

import type { Contracts } from '../../src/contracts/contracts.ts'
import type { Plan } from '../../src/plan.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import type { Json } from '../../src/values/json.ts'
import { commitAll } from '../commit/commit-all.ts'
import { arrivalOf, thingEvent } from './arrivals.ts'
import { compile, thingUpsert, withWrites } from './schema-sets.ts'

const set = {
  id: '/data/id',
  text: '/data/text',
  count: '/data/count',
  price: '/data/price',
  done: '/data/flag',
  extra: '/data/open',
  tags: '/data/tags'
}
const upsert = { ...thingUpsert, set }
const merge = { ...upsert, operation: 'merge' }
const log = { id: '/data/id', text: '/data/text' }
const append = { collection: 'thing_log', operation: 'append', set: log }
const add = {
  collection: 'thing_counts',
  operation: 'add',
  set: { id: '/data/id' },
  amounts: { pieces: '/data/count' }
}

/** Each alone, so that what one row is given too much does not hide what another one lacks. */
const kinds = [
  { kind: 'a row that is written whole', writes: [upsert] },
  { kind: 'a row that is merged', writes: [merge] },
  { kind: 'a row of a log', writes: [append] },
  { kind: 'an amount, with its row of the ledger', writes: [add] }
]

const text = fc.string({ unit: 'grapheme', maxLength: 200 })
const data: fc.Arbitrary<Json> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 8 }),
  text,
  count: fc.integer(),
  price: fc.constantFrom('0', '-99999999999999999999999999999.999999999'),
  flag: fc.boolean(),
  open: fc.record({ any: text }),
  tags: fc.array(text, { maxLength: 100 })
})
/** The contract refuses it, so that it becomes a dead letter. */
const poison: fc.Arbitrary<Json> = fc.record({ id: fc.integer(), text })

const { CommitRequest } = protos.google.spanner.v1

/** Land plans in the Spanner adapter, and count the bytes of the mutations that arrive. */
async function openScales({ tables }: Contracts) {
  const database = 'projects/p/instances/i/databases/d'
  const model = await serveModel({ databases: { [database]: spannerDdl(tables) } })
  let arrived = 0
  model.refuse = (method, request) => {
    if (method !== 'Commit') return undefined
    const { mutations } = CommitRequest.fromObject(Object(request))
    arrived += CommitRequest.encode({ mutations }).finish().length
    return undefined
  }
  vi.stubEnv('SPANNER_EMULATOR_HOST', model.host)
  const timeouts = { commitTimeoutMs: 30_000, readTimeoutMs: 30_000 }
  const store = await openSpannerStore({ database, emulator: true, ...timeouts })
  onTestFinished(async () => {
    await store.close()
    model.close()
  })
  return async (plans: readonly Plan[]) => {
    arrived = 0
    await commitAll(store, plans)
    return arrived
  }
}

describe.each(kinds)('the bytes of $kind', ({ writes }) => {
  const contracts = compile(withWrites(...writes))
  let events = 0
  const plan = (event: Json) => {
    events += 1
    return contracts.plan(arrivalOf(thingEvent(event, { id: `${events}` })))
  }

  test('are an upper bound of what the client sends, whatever is in the event', async () => {
    const weigh = await openScales(contracts)
    const few = fc.array(fc.oneof(data, poison), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(few, async (all) => {
        const plans = all.map(plan)
        const bytes = plans.reduce((total, one) => total + one.bytes, 0)
        const sent = await weigh(plans)
        expect(sent).toBeGreaterThan(0)
        expect(sent).toBeLessThanOrEqual(bytes)
      }),
      { numRuns: 30 }
    )
  })

  test.each([
    ['empty texts', { id: '', text: '', count: 0 }],
    ['empty elements', { id: 'a', text: '', count: 0, tags: Array(5000).fill('') }]
  ])('are one where the event has nothing but %s', async (_name, event) => {
    const weigh = await openScales(contracts)
    const one = plan(event)
    expect(await weigh([one])).toBeLessThanOrEqual(one.bytes)
  })
})
