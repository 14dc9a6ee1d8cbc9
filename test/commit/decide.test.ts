import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, guardsOf, PlansRefused } from '../../src/commit/decide.ts'
import type { Plan, Verdict } from '../../src/plan.ts'
import { createMemoryStore, type MemoryStore, rowsOf } from './memory-store.ts'
import {
  add,
  append,
  items,
  keyOf,
  letterOf,
  merge,
  merged,
  plan,
  remove,
  texts,
  upsert
} from './tables.ts'

async function run(store: MemoryStore, plans: readonly Plan[]): Promise<readonly Verdict[]> {
  return (await store.commit(guardsOf(plans), (current) => decide(current, plans))).result
}

/** Run the plans one commit each, then again in one commit: both must say the same. */
async function bothWays(plans: readonly Plan[]) {
  const [apart, together] = [createMemoryStore(), createMemoryStore()]
  const verdicts: Verdict[] = []
  for (const each of plans) verdicts.push(...(await run(apart, [each])))
  expect(await run(together, plans)).toEqual(verdicts)
  for (const table of ['items', 'merged', 'texts', 'sales', 'log', 'dead_letters']) {
    expect(rowsOf(together, table)).toEqual(rowsOf(apart, table))
  }
  return { verdicts, store: apart }
}

describe('a state row', () => {
  const changed = (n: number, version: string, a = `by ${n}`) =>
    plan(n, upsert(items, 'x', version, { a }))
  const deleted = (n: number, version: string) => plan(n, remove(items, 'x', version))

  const cases: readonly [string, readonly Plan[], readonly Verdict[], string | null][] = [
    ['takes a newer version', [changed(1, '1'), changed(2, '2')], ['applied', 'applied'], 'by 2'],
    [
      'calls an older version stale',
      [changed(2, '2'), changed(1, '1')],
      ['applied', 'stale'],
      'by 2'
    ],
    [
      'calls the replay a duplicate',
      [changed(1, '1'), changed(1, '1')],
      ['applied', 'duplicate'],
      'by 1'
    ],
    [
      'calls a replay stale once something newer is there',
      [changed(1, '1'), changed(2, '2'), changed(1, '1')],
      ['applied', 'applied', 'stale'],
      'by 2'
    ],
    [
      'orders equal versions by event key, first to arrive first',
      [changed(1, '5'), changed(2, '5')],
      ['applied', 'applied'],
      'by 2'
    ],
    [
      'orders equal versions by event key, last to arrive first',
      [changed(2, '5'), changed(1, '5')],
      ['applied', 'stale'],
      'by 2'
    ],
    [
      'keeps a tombstone against an older change',
      [deleted(2, '2'), changed(1, '1')],
      ['applied', 'stale'],
      null
    ],
    [
      'comes back by a change newer than its tombstone',
      [changed(1, '1'), deleted(2, '2'), changed(3, '3')],
      ['applied', 'applied', 'applied'],
      'by 3'
    ],
    [
      'compares 64-bit versions as numbers, not as text and not as doubles',
      [
        changed(1, '9007199254740993'),
        changed(2, '9007199254740992'),
        changed(3, '-9223372036854775808')
      ],
      ['applied', 'stale', 'stale'],
      'by 1'
    ],
    [
      'compares 9 and 10 as numbers',
      [changed(1, '9'), changed(2, '10')],
      ['applied', 'applied'],
      'by 2'
    ]
  ]

  it.each(cases)('%s', async (_name, plans, verdicts, a) => {
    const outcome = await bothWays(plans)
    expect(outcome.verdicts).toEqual(verdicts)
    expect(outcome.store.rows.get('items["x"]')?.['a'] ?? null).toBe(a)
  })

  it('keeps only key and stamp as a tombstone', async () => {
    const { store } = await bothWays([changed(1, '1', 'secret'), deleted(2, '2')])
    expect(rowsOf(store, 'items')['items["x"]']).toEqual({
      id: 'x',
      a: null,
      b: null,
      event_version: '2',
      event_key: keyOf(2),
      deleted: true
    })
  })

  it('sets the columns that an upsert does not map to NULL, so that order does not matter', async () => {
    const onlyA = plan(1, upsert(items, 'x', '1', { a: 'a' }))
    const onlyB = plan(2, upsert(items, 'x', '2', { b: 'b' }))
    const forth = await bothWays([onlyA, onlyB])
    const back = await bothWays([onlyB, onlyA])
    expect(forth.store.rows.get('items["x"]')).toMatchObject({ a: null, b: 'b' })
    expect(rowsOf(back.store, 'items')).toEqual(rowsOf(forth.store, 'items'))
  })

  it('orders STRING versions by code point, as Spanner does', async () => {
    // U+FF5E sorts after U+1F600 in UTF-16 and before it in UTF-8.
    const first = plan(1, upsert(texts, 'x', '～', { a: 'tilde' }))
    const second = plan(2, upsert(texts, 'x', '😀', { a: 'smile' }))
    const { verdicts } = await bothWays([second, first])
    expect(verdicts).toEqual(['applied', 'stale'])
  })

  it('never goes back, for every order and any repetition of its events', async () => {
    const event = fc.record({
      id: fc.constantFrom('x', 'y'),
      version: fc.integer({ min: -2, max: 4 }),
      gone: fc.boolean()
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        async (events, random) => {
          const plans = events.map(({ id, version, gone }, n) =>
            plan(
              n,
              gone
                ? remove(items, id, `${version}`)
                : upsert(items, id, `${version}`, { a: `${n}` })
            )
          )
          const forth = createMemoryStore()
          for (const each of plans) await run(forth, [each])
          const back = createMemoryStore()
          const seen = new Map<string, bigint>()
          for (const batch of shuffleIntoBatches([...plans, ...plans], random)) {
            await run(back, batch)
            for (const [key, row] of Object.entries(rowsOf(back, 'items'))) {
              const version = BigInt(String(row['event_version']))
              expect(version >= (seen.get(key) ?? version)).toBe(true)
              seen.set(key, version)
            }
          }
          expect(rowsOf(back, 'items')).toEqual(rowsOf(forth, 'items'))
        }
      )
    )
  })
})

describe('a merged row', () => {
  const whole = (n: number, version: string) =>
    plan(n, upsert(merged, 'x', version, { a: `a${n}`, b: `b${n}` }))
  const partA = (n: number, version: string) => plan(n, merge(merged, 'x', version, { a: `a${n}` }))
  const partB = (n: number, version: string) => plan(n, merge(merged, 'x', version, { b: `b${n}` }))
  const gone = (n: number, version: string) => plan(n, remove(merged, 'x', version))

  const cases: readonly [string, readonly Plan[], readonly Verdict[], object][] = [
    [
      'keeps what a merge does not name',
      [whole(1, '1'), partA(2, '2')],
      ['applied', 'applied'],
      { a: 'a2', b: 'b1', event_version: '2', deleted: false }
    ],
    [
      'takes a late merge of a column that nothing newer has set',
      [partA(2, '2'), partB(1, '1')],
      ['applied', 'applied'],
      { a: 'a2', b: 'b1', event_version: '2' }
    ],
    [
      'calls a late merge of a newer column stale',
      [partA(2, '2'), partA(1, '1')],
      ['applied', 'stale'],
      { a: 'a2', event_version: '2' }
    ],
    [
      'takes a late upsert beneath a merge',
      [partA(2, '2'), whole(1, '1')],
      ['applied', 'applied'],
      { a: 'a2', b: 'b1', event_version: '2' }
    ],
    [
      'calls a merge older than the upsert stale',
      [whole(2, '2'), partA(1, '1')],
      ['applied', 'stale'],
      { a: 'a2', b: 'b2' }
    ],
    [
      'calls the replay of a merge a duplicate',
      [whole(1, '1'), partA(2, '2'), partB(3, '3'), partA(2, '2')],
      ['applied', 'applied', 'applied', 'duplicate'],
      { a: 'a2', b: 'b3' }
    ],
    [
      'stays deleted for a merge older than the delete',
      [whole(1, '1'), gone(3, '3'), partA(2, '2')],
      ['applied', 'applied', 'stale'],
      { a: null, b: null, deleted: true }
    ],
    [
      'lives again by a merge newer than the delete, without the columns that went',
      [whole(1, '1'), partA(3, '3'), gone(2, '2')],
      ['applied', 'applied', 'applied'],
      { a: 'a3', b: null, deleted: false }
    ]
  ]

  it.each(cases)('%s', async (_name, plans, verdicts, row) => {
    const outcome = await bothWays(plans)
    expect(outcome.verdicts).toEqual(verdicts)
    expect(rowsOf(outcome.store, 'merged')['merged["x"]']).toMatchObject(row)
  })

  it('takes the stamp of a row from before the first merge as that of the whole row', async () => {
    const store = createMemoryStore()
    await run(store, [whole(2, '2')])
    const row = store.rows.get('merged["x"]')
    if (row) row['column_versions'] = null
    expect(await run(store, [partA(1, '1')])).toEqual(['stale'])
    expect(await run(store, [partA(3, '3')])).toEqual(['applied'])
  })

  it.each([
    ['an upsert', (n: number, version: string) => whole(n, version), { a: 'a20', b: 'b20' }],
    ['a delete', (n: number, version: string) => gone(n, version), undefined]
  ])('does not go back by %s of a revision that knows no merges yet', async (_name, make, row) => {
    const store = createMemoryStore()
    await run(store, [whole(10, '10')])
    const history = store.rows.get('merged["x"]')?.['column_versions'] ?? null
    await run(store, [make(20, '20')])
    const stored = store.rows.get('merged["x"]')
    if (stored) stored['column_versions'] = history
    expect(await run(store, [partA(15, '15')])).toEqual(['stale'])
    expect(visible(store)).toEqual(row)
    expect(rowsOf(store, 'merged')['merged["x"]']).toMatchObject({ event_version: '20' })
  })

  it('ends in the row that delivery in version order ends in, for every order', async () => {
    const event = fc.record({
      version: fc.integer({ min: 0, max: 4 }),
      kind: fc.constantFrom('upsert', 'merge a', 'merge b', 'delete')
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        async (events, random) => {
          const plans = events.map(({ version, kind }, n) => {
            if (kind === 'upsert') return whole(n, `${version}`)
            if (kind === 'delete') return gone(n, `${version}`)
            return kind === 'merge a' ? partA(n, `${version}`) : partB(n, `${version}`)
          })
          const shuffled = createMemoryStore()
          for (const batch of shuffleIntoBatches([...plans, ...plans], random))
            await run(shuffled, batch)
          expect(visible(shuffled)).toEqual(inVersionOrder(events))
        }
      )
    )
  })

  /** What a person would do by hand: apply in order of version, then of event key. */
  function inVersionOrder(events: readonly { version: number; kind: string }[]) {
    const sorted = events
      .map((event, n) => ({ ...event, n }))
      .sort((x, y) => x.version - y.version || x.n - y.n)
    let row: { a: string | null; b: string | null } | undefined
    for (const { kind, n } of sorted) {
      if (kind === 'delete') row = undefined
      else if (kind === 'upsert') row = { a: `a${n}`, b: `b${n}` }
      else
        row = {
          a: null,
          b: null,
          ...row,
          ...(kind === 'merge a' ? { a: `a${n}` } : { b: `b${n}` })
        }
    }
    return row
  }

  function visible(store: MemoryStore) {
    const row = rowsOf(store, 'merged')['merged["x"]']
    return row && !row['deleted'] ? { a: row['a'] ?? null, b: row['b'] ?? null } : undefined
  }
})

describe('a counter', () => {
  it('adds each event once, however often it comes and however batches are cut', async () => {
    const amount = fc.record({
      id: fc.constantFrom('x', 'y'),
      count: fc.integer(),
      cents: fc.integer()
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        async (amounts, random) => {
          const plans = amounts.map(({ id, count, cents }, n) =>
            plan(n, add(id, { count: `${count}`, total: decimal(cents) }))
          )
          const store = createMemoryStore()
          for (const batch of shuffleIntoBatches([...plans, ...plans, ...plans], random))
            await run(store, batch)
          for (const id of ['x', 'y']) {
            const mine = amounts.filter((each) => each.id === id)
            const row = store.rows.get(`sales["${id}"]`)
            expect(Number(row?.['count'] ?? 0)).toBe(
              mine.reduce((sum, { count }) => sum + count, 0)
            )
            expect(Math.round(Number(row?.['total'] ?? 0) * 100)).toBe(
              mine.reduce((sum, { cents }) => sum + cents, 0)
            )
          }
        }
      )
    )
  })

  it.each([
    ['0.1', '0.2', '0.3'],
    ['-0.5', '0.25', '-0.25'],
    ['1', '-1', '0'],
    [
      '99999999999999999999999999999.999999998',
      '0.000000001',
      '99999999999999999999999999999.999999999'
    ]
  ])('adds the decimals %s and %s exactly: %s', async (a, b, sum) => {
    const { store } = await bothWays([
      plan(1, add('x', { total: a })),
      plan(2, add('x', { total: b }))
    ])
    expect(store.rows.get('sales["x"]')?.['total']).toBe(sum)
  })

  it.each([
    ['INT64', { count: '9223372036854775807' }, { count: '1' }],
    ['INT64 downwards', { count: '-9223372036854775808' }, { count: '-1' }],
    ['NUMERIC', { total: '99999999999999999999999999999.999999999' }, { total: '0.000000001' }]
  ])('refuses the event that would overflow %s, and names it', async (_name, first, second) => {
    const store = createMemoryStore()
    await run(store, [plan(1, add('x', first))])
    const failing = run(store, [
      plan(2, add('y', { count: '1' })),
      plan(3, add('x', second)),
      plan(4, add('x', second))
    ])
    await expect(failing).rejects.toSatisfy(
      (error) =>
        error instanceof PlansRefused &&
        [...error.reasons.keys()].join() === '1,2' &&
        error.reasons.get(1)?.code === 'COUNTER_OVERFLOW'
    )
    expect(store.rows.has('sales["y"]')).toBe(false)
  })

  it('does not hold against others what a refused event added before it was refused', async () => {
    const store = createMemoryStore()
    await run(store, [plan(1, add('full', { count: '9223372036854775807' }))])
    const refused = plan(2, add('x', { count: '9223372036854775807' }), add('full', { count: '1' }))
    const failing = run(store, [refused, plan(3, add('x', { count: '1' }))])
    await expect(failing).rejects.toSatisfy(
      (error) => error instanceof PlansRefused && [...error.reasons.keys()].join() === '0'
    )
  })
})

describe('an event', () => {
  it('needs no guard for log writes alone, so that they are committed blindly', () => {
    expect(guardsOf([plan(1, append(1, 'x', { a: '1' }))])).toEqual([])
  })

  it('is a duplicate as a whole when the ledger knows it, whatever its state rows say', async () => {
    const order = plan(
      1,
      upsert(items, 'x', '1', { a: '1' }),
      append(1, 'x', {}),
      add('s', { count: '1' })
    )
    const newer = plan(2, upsert(items, 'x', '2', { a: '2' }))
    const { verdicts, store } = await bothWays([order, newer, order])
    expect(verdicts).toEqual(['applied', 'applied', 'duplicate'])
    expect(store.rows.get('sales["s"]')?.['count']).toBe('1')
  })

  it('that only appends is a duplicate of itself within one commit', async () => {
    const event = plan(1, append(1, 'x', { a: '1' }))
    expect(await run(createMemoryStore(), [event, event])).toEqual(['applied', 'duplicate'])
  })

  it('without a write is ignored', async () => {
    expect(await run(createMemoryStore(), [plan(1)])).toEqual(['ignored'])
  })

  it('that cannot land becomes one dead letter that counts how often it was seen', async () => {
    const poison: Plan = {
      ...plan(1),
      reason: { code: 'DATA_INVALID', detail: '/data/id: must be string' }
    }
    const { verdicts, store } = await bothWays([poison, poison, poison])
    expect(verdicts).toEqual(['dead-lettered', 'dead-lettered', 'dead-lettered'])
    expect([...store.rows.keys()]).toEqual([`dead_letters["${keyOf(1)}"]`])
    expect(store.rows.get(`dead_letters["${keyOf(1)}"]`)).toMatchObject({
      reason: 'DATA_INVALID',
      times_seen: '3',
      status: 'open',
      replays: '0'
    })
  })

  it('keeps the first time it was seen and stays discarded once someone decided so', async () => {
    const store = createMemoryStore()
    const poison: Plan = { ...plan(1), reason: { code: 'DATA_INVALID', detail: 'no' } }
    await run(store, [poison])
    const row = store.rows.get(`dead_letters["${keyOf(1)}"]`)
    const firstSeen = row?.['first_seen']
    if (row) row['status'] = 'discarded'
    await run(store, [poison])
    const after = store.rows.get(`dead_letters["${keyOf(1)}"]`)
    expect(after).toMatchObject({ first_seen: firstSeen, status: 'discarded', times_seen: '2' })
    expect(after?.['last_seen']).not.toBe(firstSeen)
  })

  it('whose body is longer than a cell goes on in a second one', async () => {
    const store = createMemoryStore()
    const body = Buffer.alloc(10 * 1024 * 1024 + 3, 'x')
    const letter = { ...letterOf(keyOf(1)), body, source: 'lone \ud800 surrogate' }
    await run(store, [{ ...plan(1), letter, reason: { code: 'JSON_INVALID', detail: 'no' } }])
    const row = store.rows.get(`dead_letters["${keyOf(1)}"]`)
    expect(Buffer.from(String(row?.['body']), 'base64')).toHaveLength(10 * 1024 * 1024)
    expect(row?.['body_rest']).toBe(Buffer.from('xxx').toString('base64'))
    expect(row?.['source']).toBe('lone \ufffd surrogate')
  })
})

function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function shuffleIntoBatches(plans: readonly Plan[], random: Iterator<number>): Plan[][] {
  const next = (below: number) => Number(random.next().value) % below
  const rest = [...plans]
  const batches: Plan[][] = []
  while (rest.length > 0) {
    const batch: Plan[] = []
    const size = 1 + next(4)
    while (batch.length < size && rest.length > 0) batch.push(...rest.splice(next(rest.length), 1))
    batches.push(batch)
  }
  return batches
}
