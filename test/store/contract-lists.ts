import { beforeAll, describe, expect, test } from 'vitest'
import { deadLettersTable } from '../../src/store/managed-tables.ts'
import type { RowPage, Select, Store } from '../../src/store/store.ts'
import { COMMIT_TIMESTAMP, type Row } from '../../src/values/value.ts'
import type { Tested } from './contract.ts'
import { counterTable, itemsTable } from './tables.ts'
import { item, put, type WrittenRow } from './writes.ts'

const [byPrice, byRank, byCode] = itemsTable.indexes

const moment = (second: string) => `2026-11-01T10:00:${second}.000000000Z`

/** Ranks in an order that texts and doubles would get wrong, with NULLs, ties and tombstones. */
const rows = [
  item('l-a', { rank: '10', at: moment('02'), price: '-1.5', code: 'AAAB' }),
  item('l-b', { rank: '9', at: moment('01'), price: '10', code: 'AAAC' }),
  item('l-c', { rank: null, at: moment('05'), price: '9', code: '/w==' }),
  item('l-d', { rank: '10', at: null, price: '-10', code: 'AA==' }),
  item('l-e', { rank: '-9007199254740993', at: moment('03'), price: null }),
  item('l-f', { rank: '-9007199254740992', at: moment('03'), price: '0.000000001' }),
  item('l-g', { rank: '10', at: moment('02'), price: '9' }),
  item('l-h', { rank: null, at: null, price: '0' }),
  item('l-z', { rank: '10', at: moment('02'), price: '9', deleted_at: COMMIT_TIMESTAMP })
]

const strong = { kind: 'strong' } as const

type Optional = 'index' | 'range' | 'after'
type Parts = Partial<Omit<Select, Optional>> & {
  readonly [Name in Optional]?: Select[Name] | undefined
}

/** Select the rows of this file, unless the parts say `range: undefined`. */
function select({ index, ...parts }: Parts): Select {
  const { range, after, ...others } = {
    table: itemsTable,
    columns: ['id'],
    equals: {},
    order: ['id'],
    limit: 100,
    range: { column: 'id', gte: 'l-', lt: 'l-~' },
    ...parts
  }
  return { ...others, ...(index && { index }), ...(range && { range }), ...(after && { after }) }
}

const rank = { index: byRank, order: ['rank', 'at', 'id'], range: undefined }
const price = { index: byPrice, order: ['price', 'id'], range: undefined }
const idsOf = (found: readonly Row[]) => found.map((row) => String(row['id']))
const mine = (found: readonly Row[]) => idsOf(found).filter((id) => id.startsWith('l-'))

const cases: readonly { name: string; parts: Parts; ids: string }[] = [
  { name: 'the key, without tombstones', parts: {}, ids: 'abcdefgh' },
  { name: 'a page of the key', parts: { limit: 3 }, ids: 'abc' },
  { name: 'the next page', parts: { after: ['l-c'], limit: 3 }, ids: 'def' },
  {
    name: 'a half-open range',
    parts: { range: { column: 'id', gt: 'l-b', lte: 'l-e' } },
    ids: 'cde'
  },
  { name: 'one key', parts: { equals: { id: 'l-b' }, range: undefined }, ids: 'b' },
  {
    name: 'one key after itself',
    parts: { equals: { id: 'l-b' }, after: ['l-b'], range: undefined },
    ids: ''
  },
  { name: 'an index, NULLs first, then by number', parts: rank, ids: 'hcefbdag' },
  { name: 'an index of NUMERIC', parts: price, ids: 'edahfcgb' },
  { name: 'an equality of an index', parts: { ...rank, equals: { rank: '10' } }, ids: 'dag' },
  { name: 'the NULLs of an index', parts: { ...rank, equals: { rank: null } }, ids: 'hc' },
  {
    name: 'an equality, then a range',
    parts: { ...rank, equals: { rank: '10' }, range: { column: 'at', gte: moment('02') } },
    ids: 'ag'
  },
  {
    name: 'a range of an index, which leaves out its NULLs',
    parts: { ...price, range: { column: 'price', gt: '-10', lt: '9' } },
    ids: 'ahf'
  },
  { name: 'rows after a NULL', parts: { ...rank, after: [null, null, 'l-h'] }, ids: 'cefbdag' },
  {
    name: 'rows after a NULL in the middle',
    parts: { ...rank, after: ['10', null, 'l-d'] },
    ids: 'ag'
  },
  {
    name: 'rows after the first of two that differ only in the key',
    parts: { ...rank, equals: { rank: '10' }, after: ['10', moment('02'), 'l-a'] },
    ids: 'g'
  }
]

const ofRank10 = { ...rank, equals: { rank: '10' } }

/** Ends of pages. The last row of the key and of the rank 10 is a tombstone, so it counts nowhere. */
const ends: readonly { name: string; parts: Parts; count: number; more: boolean }[] = [
  { name: 'fewer rows than the limit', parts: { limit: 9 }, count: 8, more: false },
  { name: 'as many rows as the limit', parts: { limit: 8 }, count: 8, more: false },
  { name: 'one row more than the limit', parts: { limit: 7 }, count: 7, more: true },
  { name: 'many rows more than the limit', parts: { limit: 1 }, count: 1, more: true },
  {
    name: 'no rows',
    parts: { range: { column: 'id', gt: 'l-h', lt: 'l-z' } },
    count: 0,
    more: false
  },
  {
    name: 'nothing but a tombstone',
    parts: { range: { column: 'id', gt: 'l-h', lte: 'l-z' }, limit: 1 },
    count: 0,
    more: false
  },
  { name: 'a page that ends the rows', parts: { after: ['l-e'], limit: 3 }, count: 3, more: false },
  { name: 'a page before the last row', parts: { after: ['l-e'], limit: 2 }, count: 2, more: true },
  { name: 'a page after the last row', parts: { after: ['l-h'], limit: 3 }, count: 0, more: false },
  { name: 'all rows of an index', parts: { ...ofRank10, limit: 3 }, count: 3, more: false },
  { name: 'some rows of an index', parts: { ...ofRank10, limit: 2 }, count: 2, more: true },
  {
    name: 'one key',
    parts: { equals: { id: 'l-b' }, range: undefined, limit: 1 },
    count: 1,
    more: false
  },
  {
    name: 'one key after itself',
    parts: { equals: { id: 'l-b' }, after: ['l-b'], range: undefined, limit: 1 },
    count: 0,
    more: false
  }
]

export function describeLists(tested: () => Tested): void {
  describe('lists', () => {
    beforeAll(async () => {
      await put(tested().store, itemsTable, ...rows)
    })

    test.each(cases)('$name', async ({ parts, ids }) => {
      const { store } = tested()
      const { rows } = await store.list(select(parts), strong)
      expect(mine(rows)).toEqual(Array.from(ids, (id) => `l-${id}`))
    })

    test.each(ends)('says whether there are more rows: $name', async ({ parts, count, more }) => {
      const page = await tested().store.list(select(parts), strong)
      expect({ count: page.rows.length, more: page.more }).toEqual({ count, more })
    })

    test('by a unique index those that are in it', async () => {
      const { store } = tested()
      const parts = { index: byCode, order: ['code', 'id'], range: undefined }
      const all = await store.list(select(parts), strong)
      expect(mine(all.rows)).toEqual(['l-d', 'l-a', 'l-b', 'l-c'])
      const one = await store.list(select({ ...parts, equals: { code: 'AAAC' } }), strong)
      expect(one).toEqual({ rows: [{ id: 'l-b' }], more: false })
    })

    test.each([
      { name: 'key', parts: {}, order: ['id'] },
      { name: 'index', parts: rank, order: rank.order }
    ])('every row once, page by page, by the $name', async ({ parts, order }) => {
      const { store } = tested()
      const whole = { ...select(parts), columns: order }
      expect(await pages(store, whole, 2)).toEqual(await pages(store, whole, 1000))
    })

    test('with every asked column, of a table that is not of state kind', async () => {
      const { store } = tested()
      await put(store, counterTable, { day: '2020-01-01', count: '1', total: '1.5' })
      const parts = { table: counterTable, columns: ['total', 'day'], order: ['day'] }
      const found = await store.list(
        { ...parts, equals: { day: '2020-01-01' }, limit: 5 },
        { kind: 'stale', ms: 1 }
      )
      expect(found).toEqual({ rows: [{ total: '1.5', day: '2020-01-01' }], more: false })
    })

    test('ends a page early when its rows are large, and goes on after them', async () => {
      const { store } = tested()
      const body = Buffer.alloc(2 * 1024 * 1024).toString('base64')
      const seen: WrittenRow = {
        first_seen: COMMIT_TIMESTAMP,
        last_seen: COMMIT_TIMESTAMP,
        times_seen: '1'
      }
      const facts = { reason: 'r', detail: 'd', headers: '{}', replays: '0', status: 'open' }
      const letters = ['big-1', 'big-2', 'big-3'].map((id) => ({ id, body, ...seen, ...facts }))
      await put(store, deadLettersTable, ...letters)
      const large: Select = {
        table: deadLettersTable,
        columns: ['id', 'body'],
        equals: {},
        range: { column: 'id', gte: 'big-' },
        order: ['id'],
        limit: 10
      }
      const list = async (parts: Partial<Select>) => {
        const { rows: found, more } = await store.list({ ...large, ...parts }, strong)
        return { ids: idsOf(found), more }
      }
      expect(await list({})).toEqual({ ids: ['big-1', 'big-2'], more: true })
      expect(await list({ after: ['big-2'] })).toEqual({ ids: ['big-3'], more: false })
      // The page ends early with its last row, and nothing is left out.
      const range = { column: 'id', gte: 'big-', lt: 'big-3' }
      expect(await list({ range })).toEqual({ ids: ['big-1', 'big-2'], more: false })
    })
  })
}

/** Collect all rows, asking for a few at a time. */
async function pages(store: Store, whole: Select, limit: number): Promise<Row[]> {
  const all: Row[] = []
  for (;;) {
    const last = all.at(-1)
    const after = last && { after: whole.order.map((name) => last[name] ?? null) }
    const page: RowPage = await store.list({ ...whole, ...after, limit }, strong)
    all.push(...page.rows)
    if (!page.more) return all
  }
}
