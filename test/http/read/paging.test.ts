import fc from 'fast-check'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { stateRow } from '../collections.ts'
import { readApp } from './read-app.ts'

const anyRow = fc.record({
  id: fc.string({ unit: 'grapheme', maxLength: 3 }),
  value: fc.constantFrom('red', 'blue', '', null),
  rank: fc.option(fc.bigInt({ min: -12n, max: 12n }).map(String)),
  deleted_at: fc.constantFrom(null, null, '2026-11-01T10:00:00.000000000Z')
})
const anyRows = fc.uniqueArray(anyRow, { selector: ({ id }) => id, maxLength: 30 })
const anySize = fc.integer({ min: 1, max: 12 })

type AnyRow = typeof anyRow extends fc.Arbitrary<infer T> ? T : never

/** Each query with what it means, said without columns, indexes or order. */
const queries: readonly [string, (row: AnyRow) => boolean][] = [
  ['', () => true],
  ['value=red', ({ value }) => value === 'red'],
  ['value.gt=a', ({ value }) => value === 'red' || value === 'blue'],
  ['value=red&rank.gte=-3', ({ value, rank }) => value === 'red' && rank !== null && +rank >= -3],
  ['id.lt=m', ({ id }) => Buffer.compare(Buffer.from(id), Buffer.from('m')) < 0]
]

async function readPages(app: FastifyInstance, query: string, size: number) {
  const pages: (readonly { readonly id: string }[])[] = []
  let url: string | undefined = `/api/v1/data?${query}&limit=${size}`
  while (url) {
    const { body, headers }: LightMyRequestResponse = await app.inject(url)
    pages.push(JSON.parse(body))
    url = /^<(.*)>; rel="next"$/.exec(String(headers['link']))?.[1]
  }
  return pages
}

test.each(queries)(
  'paging by "%s" gives every row once, for any page size',
  async (query, means) => {
    await fc.assert(
      fc.asyncProperty(anyRows, anySize, async (rows, size) => {
        const { app } = await readApp({ items: rows.map((row) => ({ ...stateRow, ...row })) })
        const pages = await readPages(app, query, size)
        const expected = rows.filter((row) => row.deleted_at === null && means(row))
        const ids = pages.flat().map(({ id }) => id)
        expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
        expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true)
        expect(pages.flat()).toEqual((await readPages(app, query, 100)).flat())
      }),
      { numRuns: 40 }
    )
  }
)

test('a page of large rows ends early, and its Link goes on', async () => {
  const value = 'x'.repeat(2_600_000)
  const rows = ['a', 'b', 'c'].map((id) => ({ ...stateRow, id, value }))
  const { app } = await readApp({ items: rows })
  const first = await app.inject('/api/v1/data?limit=10')
  expect(first.json()).toHaveLength(2)
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))?.[1] ?? ''
  const second = await app.inject(next)
  expect(second.json()).toHaveLength(1)
  expect(second.headers['link']).toBeUndefined()
})
