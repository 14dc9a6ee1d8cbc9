import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, guardsOf, PlansRefused } from '../../src/commit/decide.ts'
import { deadLetterPlan, type Plan, type Verdict } from '../../src/plan.ts'
import { deadLettersTable, ledgerTable } from '../../src/store/managed-tables.ts'
import type { Row } from '../../src/values/value.ts'
import {
  type BreakableStore,
  changeRow,
  commitTime,
  openBreakableStore,
  readAll,
  readRow,
  readRows
} from './breakable-store.ts'
import {
  add,
  append,
  broken,
  items,
  keyOf,
  log,
  merge,
  merged,
  plan,
  provenanceOf,
  remove,
  sales,
  texts,
  upsert
} from './tables.ts'

async function run(store: BreakableStore, plans: readonly Plan[]): Promise<readonly Verdict[]> {
  const { result } = await store.commit(guardsOf(plans), (current) => decide(current, plans))
  return result.map(({ verdict }) => verdict)
}

/** Run the plans one commit each, and on another store in one commit: both must end the same. */
async function bothWays(plans: readonly Plan[]) {
  const [apart, together] = [await openBreakableStore(), await openBreakableStore()]
  const verdicts: Verdict[] = []
  for (const each of plans) verdicts.push(...(await run(apart, [each])))
  expect(await run(together, plans)).toEqual(verdicts)
  expect(await readAll(together)).toEqual(await readAll(apart))
  return { verdicts, store: apart }
}

describe('a state row', () => {
  const changed = (n: number, version: string, a = `by ${n}`) =>
    plan(n, upsert(items, 'x', version, { a }))
  const deleted = (n: number, version: string) => plan(n, remove(items, 'x', version))

  /** The row as event `n` leaves it, when that is the n-th event to be committed. */
  const live = (n: number, version: string, commit: number, a: string | null = `by ${n}`): Row => ({
    id: 'x',
    a,
    b: null,
    event_version: version,
    event_key: keyOf(n),
    committed_at: commitTime(commit),
    deleted_at: null
  })

  const cases: readonly [string, readonly Plan[], readonly Verdict[], Row][] = [
    [
      'takes a newer version',
      [changed(1, '1'), changed(2, '2')],
      ['applied', 'applied'],
      live(2, '2', 2)
    ],
    [
      'calls an older version stale',
      [changed(2, '2'), changed(1, '1')],
      ['applied', 'stale'],
      live(2, '2', 1)
    ],
    [
      'calls the replay a duplicate',
      [changed(1, '1'), changed(1, '1')],
      ['applied', 'duplicate'],
      live(1, '1', 1)
    ],
    [
      'calls a replay stale once something newer is there',
      [changed(1, '1'), changed(2, '2'), changed(1, '1')],
      ['applied', 'applied', 'stale'],
      live(2, '2', 2)
    ],
    [
      'orders equal versions by event key, first to arrive first',
      [changed(1, '5'), changed(2, '5')],
      ['applied', 'applied'],
      live(2, '5', 2)
    ],
    [
      'orders equal versions by event key, last to arrive first',
      [changed(2, '5'), changed(1, '5')],
      ['applied', 'stale'],
      live(2, '5', 1)
    ],
    [
      'keeps only key and stamp as a tombstone',
      [changed(1, '1', 'secret'), deleted(2, '2')],
      ['applied', 'applied'],
      { ...live(2, '2', 2, null), deleted_at: commitTime(2) }
    ],
    [
      'keeps a tombstone against an older change',
      [deleted(2, '2'), changed(1, '1')],
      ['applied', 'stale'],
      { ...live(2, '2', 1, null), deleted_at: commitTime(1) }
    ],
    [
      'lives again by a change newer than its tombstone',
      [changed(1, '1'), deleted(2, '2'), changed(3, '3')],
      ['applied', 'applied', 'applied'],
      live(3, '3', 3)
    ],
    [
      'compares 64-bit versions as numbers, not as text and not as doubles',
      [
        changed(1, '9007199254740993'),
        changed(2, '9007199254740992'),
        changed(3, '-9223372036854775808')
      ],
      ['applied', 'stale', 'stale'],
      live(1, '9007199254740993', 1)
    ],
    [
      'compares 9 and 10 as numbers',
      [changed(1, '9'), changed(2, '10')],
      ['applied', 'applied'],
      live(2, '10', 2)
    ]
  ]

  test.each(cases)('%s', async (_name, plans, verdicts, row) => {
    const outcome = await bothWays(plans)
    expect(outcome.verdicts).toEqual(verdicts)
    expect(await readRows(outcome.store, items)).toEqual([row])
  })

  test('sets the columns that an upsert does not map to NULL, so that order does not matter', async () => {
    const onlyA = plan(1, upsert(items, 'x', '1', { a: 'a' }))
    const onlyB = plan(2, upsert(items, 'x', '2', { b: 'b' }))
    const forth = await bothWays([onlyA, onlyB])
    const back = await bothWays([onlyB, onlyA])
    const row = { ...live(2, '2', 2, null), b: 'b' }
    expect(await readRows(forth.store, items)).toEqual([row])
    expect(await readRows(back.store, items)).toEqual([{ ...row, committed_at: commitTime(1) }])
  })

  test('orders STRING versions by code point, as Spanner does', async () => {
    // U+FF5E sorts after U+1F600 in UTF-16 and before it in UTF-8.
    const first = plan(1, upsert(texts, 'x', '～', { a: 'tilde' }))
    const second = plan(2, upsert(texts, 'x', '😀', { a: 'smile' }))
    const { verdicts } = await bothWays([second, first])
    expect(verdicts).toEqual(['applied', 'stale'])
  })

  test('never goes back, for every order and any repetition of its events', async () => {
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
          const forth = await openBreakableStore()
          for (const each of plans) await run(forth, [each])
          const back = await openBreakableStore()
          const seen = new Map<unknown, bigint>()
          for (const batch of shuffleIntoBatches([...plans, ...plans], random)) {
            await run(back, batch)
            for (const { id, event_version: stored } of await readRows(back, items)) {
              const version = BigInt(String(stored))
              expect(version >= (seen.get(id) ?? version)).toBe(true)
              seen.set(id, version)
            }
          }
          expect(await readAll(back)).toEqual(await readAll(forth))
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

  /** The row whose newest write is that of event `n`, as of a commit. */
  const row = (n: number, commit: number, a: string | null, b: string | null): Row => ({
    id: 'x',
    a,
    b,
    event_version: `${n}`,
    event_key: keyOf(n),
    committed_at: commitTime(commit),
    deleted_at: null
  })

  const cases: readonly [string, readonly Plan[], readonly Verdict[], Row][] = [
    [
      'keeps what a merge does not name',
      [whole(1, '1'), partA(2, '2')],
      ['applied', 'applied'],
      row(2, 2, 'a2', 'b1')
    ],
    [
      'takes a late merge of a column that nothing newer has set',
      [partA(2, '2'), partB(1, '1')],
      ['applied', 'applied'],
      row(2, 2, 'a2', 'b1')
    ],
    [
      'calls a late merge of a newer column stale',
      [partA(2, '2'), partA(1, '1')],
      ['applied', 'stale'],
      row(2, 1, 'a2', null)
    ],
    [
      'takes a late upsert beneath a merge',
      [partA(2, '2'), whole(1, '1')],
      ['applied', 'applied'],
      row(2, 2, 'a2', 'b1')
    ],
    [
      'calls a merge older than the upsert stale',
      [whole(2, '2'), partA(1, '1')],
      ['applied', 'stale'],
      row(2, 1, 'a2', 'b2')
    ],
    [
      'calls the replay of a merge a duplicate',
      [whole(1, '1'), partA(2, '2'), partB(3, '3'), partA(2, '2')],
      ['applied', 'applied', 'applied', 'duplicate'],
      row(3, 3, 'a2', 'b3')
    ],
    [
      'stays deleted for a merge older than the delete',
      [whole(1, '1'), gone(3, '3'), partA(2, '2')],
      ['applied', 'applied', 'stale'],
      { ...row(3, 2, null, null), deleted_at: commitTime(2) }
    ],
    [
      'lives again by a merge newer than the delete, without the columns that went',
      [whole(1, '1'), partA(3, '3'), gone(2, '2')],
      ['applied', 'applied', 'applied'],
      row(3, 3, 'a3', null)
    ]
  ]

  test.each(cases)('%s', async (_name, plans, verdicts, expected) => {
    const { verdicts: actual, store } = await bothWays(plans)
    expect(actual).toEqual(verdicts)
    const rows = await readRows(store, merged)
    expect(rows.map(({ column_versions: _history, ...rest }) => rest)).toEqual([expected])
  })

  test('remembers the stamps of the last whole write and of each column merged after it', async () => {
    const { store } = await bothWays([whole(1, '1'), partA(3, '3'), partB(2, '2'), whole(2, '2')])
    const { column_versions: history } = (await readRow(store, merged, 'x')) ?? {}
    expect(JSON.parse(String(history))).toEqual({
      newest: ['3', keyOf(3)],
      base: ['2', keyOf(2)],
      columns: { a: ['3', keyOf(3)] }
    })
  })

  test('takes the stamp of a row from before the first merge as that of the whole row', async () => {
    const store = await openBreakableStore()
    await run(store, [whole(2, '2')])
    await changeRow(store, merged, ['x'], { column_versions: null })
    expect(await run(store, [partA(1, '1')])).toEqual(['stale'])
    expect(await run(store, [partA(3, '3')])).toEqual(['applied'])
  })

  test.each([
    ['an upsert', (n: number, version: string) => whole(n, version), { a: 'a20', b: 'b20' }],
    ['a delete', (n: number, version: string) => gone(n, version), undefined]
  ])('does not go back by %s of a revision that knows no merges yet', async (_name, make, left) => {
    const store = await openBreakableStore()
    await run(store, [whole(10, '10')])
    const { column_versions: history = null } = (await readRow(store, merged, 'x')) ?? {}
    await run(store, [make(20, '20')])
    await changeRow(store, merged, ['x'], { column_versions: history })
    expect(await run(store, [partA(15, '15')])).toEqual(['stale'])
    expect(await visible(store)).toEqual(left)
    expect(await readRow(store, merged, 'x')).toMatchObject({ event_version: '20' })
  })

  test('ends in the row that delivery in version order ends in, for every order', async () => {
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
          const shuffled = await openBreakableStore()
          for (const batch of shuffleIntoBatches([...plans, ...plans], random))
            await run(shuffled, batch)
          expect(await visible(shuffled)).toEqual(inVersionOrder(events))
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

  async function visible(store: BreakableStore) {
    const found = await readRow(store, merged, 'x')
    return found?.['deleted_at'] === null ? { a: found['a'], b: found['b'] } : undefined
  }
})

describe('a counter', () => {
  test('adds each event once, however often it comes and however batches are cut', async () => {
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
          const store = await openBreakableStore()
          for (const batch of shuffleIntoBatches([...plans, ...plans, ...plans], random))
            await run(store, batch)
          for (const id of ['x', 'y']) {
            const mine = amounts.filter((each) => each.id === id)
            const row = await readRow(store, sales, id)
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

  test.each([
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
    expect(await readRows(store, sales)).toEqual([
      { id: 'x', count: '0', total: sum, committed_at: commitTime(2) }
    ])
    expect(await readRows(store, ledgerTable)).toEqual([
      { event_key: keyOf(1), committed_at: commitTime(1) },
      { event_key: keyOf(2), committed_at: commitTime(2) }
    ])
  })

  test.each([
    ['INT64', { count: '9223372036854775807' }, { count: '1' }],
    ['INT64 downwards', { count: '-9223372036854775808' }, { count: '-1' }],
    ['NUMERIC', { total: '99999999999999999999999999999.999999999' }, { total: '0.000000001' }]
  ])('refuses the event that would overflow %s, and names it', async (_name, first, second) => {
    const store = await openBreakableStore()
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
    expect(await readRow(store, sales, 'y')).toBeUndefined()
  })

  test('does not hold against others what a refused event added before it was refused', async () => {
    const store = await openBreakableStore()
    await run(store, [plan(1, add('full', { count: '9223372036854775807' }))])
    const refused = plan(2, add('x', { count: '9223372036854775807' }), add('full', { count: '1' }))
    const failing = run(store, [refused, plan(3, add('x', { count: '1' }))])
    await expect(failing).rejects.toSatisfy(
      (error) => error instanceof PlansRefused && [...error.reasons.keys()].join() === '0'
    )
  })
})

describe('an event', () => {
  test('needs no guard for log writes alone, so that they are committed blindly', () => {
    expect(guardsOf([plan(1, append(1, 'x', { a: '1' }))])).toEqual([])
  })

  test('is a duplicate as a whole when the ledger knows it, whatever its state rows say', async () => {
    const order = plan(
      1,
      upsert(items, 'x', '1', { a: '1' }),
      append(1, 'x', {}),
      add('s', { count: '1' })
    )
    const newer = plan(2, upsert(items, 'x', '2', { a: '2' }))
    const { verdicts, store } = await bothWays([order, newer, order])
    expect(verdicts).toEqual(['applied', 'applied', 'duplicate'])
    expect(await readRows(store, sales)).toEqual([
      { id: 's', count: '1', total: '0', committed_at: commitTime(1) }
    ])
    expect(await readRows(store, log)).toEqual([
      { id: 'x', a: null, event_key: keyOf(1), committed_at: commitTime(3) }
    ])
  })

  test('that only appends is a duplicate of itself within one commit', async () => {
    const event = plan(1, append(1, 'x', { a: '1' }))
    expect(await run(await openBreakableStore(), [event, event])).toEqual(['applied', 'duplicate'])
  })

  test('without a write is ignored', async () => {
    expect(await run(await openBreakableStore(), [plan(1)])).toEqual(['ignored'])
  })

  test('that cannot land becomes one dead letter that counts how often it was seen', async () => {
    const poison = broken(1, 'DATA_INVALID', '/data/id: must be string')
    const { verdicts, store } = await bothWays([poison, poison, poison])
    expect(verdicts).toEqual(['dead-lettered', 'dead-lettered', 'dead-lettered'])
    const { dead_letters: letters, ...others } = await readAll(store)
    expect(Object.values(others).flat()).toEqual([])
    expect(letters).toHaveLength(1)
    expect(await readRow(store, deadLettersTable, keyOf(1))).toEqual({
      id: keyOf(1),
      reason: 'DATA_INVALID',
      detail: '/data/id: must be string',
      source: '//test',
      event_id: keyOf(1),
      type: 'test',
      content_type: null,
      headers: '{}',
      body: 'MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=',
      body_rest: null,
      subscription: null,
      message_id: null,
      delivery_attempt: null,
      first_seen: commitTime(1),
      last_seen: commitTime(3),
      times_seen: '3',
      replays: '0',
      status: 'open'
    })
  })

  test.each([
    ['stays discarded once an operator decided so', 'discarded', 'discarded'],
    ['is open again when its replay did not land', 'replayed', 'open']
  ])('seen again %s, and keeps the first time and its replays', async (_name, set, status) => {
    const store = await openBreakableStore()
    const poison = broken(1)
    await run(store, [poison])
    await changeRow(store, deadLettersTable, [keyOf(1)], { status: set, replays: '4' })
    await run(store, [poison])
    expect(await readRow(store, deadLettersTable, keyOf(1))).toMatchObject({
      first_seen: commitTime(1),
      last_seen: commitTime(3),
      times_seen: '2',
      replays: '4',
      status
    })
  })

  test('whose body is longer than a cell goes on in a second one', async () => {
    const store = await openBreakableStore()
    const body = Buffer.alloc(10 * 1024 * 1024 + 3, 'x')
    const provenance = {
      ...provenanceOf(keyOf(1)),
      delivery: { headers: {}, body },
      source: 'lone \ud800 surrogate'
    }
    await run(store, [deadLetterPlan(provenance, { code: 'JSON_INVALID', detail: 'no' })])
    const row = await readRow(store, deadLettersTable, keyOf(1))
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
