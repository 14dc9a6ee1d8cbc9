import { expect, test } from 'vitest'
import type { Row } from '../../../src/values/value.ts'
import { stateRow } from '../collections.ts'
import { now, readApp } from './read-app.ts'

const stamp = '2026-11-01T10:00:00.000000000Z'
const item = (id: string, more: Row = {}): Row => ({
  ...stateRow,
  id,
  value: 'red',
  rank: '1',
  ...more
})
const rows = {
  items: [item('a'), item('b/c%'), item('gone', { deleted_at: stamp }), item('d', { rank: null })],
  objects: [{ ...stateRow, bucket: 'b', generation: '7' }],
  clicks: [{ day: '2026-11-01', event_key: 'e', committed_at: stamp }],
  sales: [{ day: '2026-11-01', total: '1.5', committed_at: stamp }]
}

async function get(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET'
) {
  const { app, calls } = await readApp(rows)
  const answer = await app.inject({ method, url, headers })
  return { answer, calls }
}

test('a list answers with a JSON array of the declared fields, without deleted rows', async () => {
  const { answer, calls } = await get('/api/v1/data')
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['link']).toBeUndefined()
  expect(answer.body).toBe(
    '[{"id":"a","value":"red","rank":"1"},{"id":"b/c%","value":"red","rank":"1"},' +
      '{"id":"d","value":"red","rank":null}]'
  )
  expect(calls).toMatchObject([{ freshness: { kind: 'strong' }, limit: 3 }])
})

test('an empty list is an empty array', async () => {
  const { answer } = await get('/api/v1/data?value=none')
  expect(answer.body).toBe('[]')
  expect(answer.headers['link']).toBeUndefined()
})

test('a page links to the next one with all other parameters', async () => {
  const { answer } = await get('/api/v1/data?value=red&limit=1&staleness=1s')
  expect(answer.json()).toEqual([{ id: 'd', value: 'red', rank: null }])
  const link = String(answer.headers['link'])
  expect(link).toMatch(
    /^<\/api\/v1\/data\?value=red&limit=1&staleness=1s&cursor=[\w-]+>; rel="next"$/
  )
  const next = await get(link.slice(1, link.indexOf('>')))
  expect(next.answer.json()).toEqual([{ id: 'a', value: 'red', rank: '1' }])
})

test('a row answers with its fields, a tag and a rule for caches', async () => {
  const { answer, calls } = await get('/api/v1/data/a')
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(answer.headers['cache-control']).toBe('private, no-cache')
  expect(answer.headers['etag']).toMatch(/^"[\w-]+"$/)
  expect(answer.body).toBe('{"id":"a","value":"red","rank":"1"}')
  expect(calls).toEqual([{ freshness: { kind: 'strong' } }])
})

test.each([
  ['an escaped slash and percent sign', '/api/v1/data/b%2Fc%25', { id: 'b/c%' }],
  [
    'a key of two columns below a path of two segments',
    '/api/v1/storage/objects/b/7',
    { generation: '7' }
  ],
  ['a log, by its event key', '/api/v1/clicks/2026-11-01/e', { day: '2026-11-01' }],
  ['a counter', '/api/v1/sales/2026-11-01', { total: '1.5' }]
])('a row is found with %s', async (_name, url, expected) => {
  const { answer } = await get(url)
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject(expected)
})

test('a tag that is still right gives 304 without a body', async () => {
  const etag = String((await get('/api/v1/data/a')).answer.headers['etag'])
  const { answer } = await get('/api/v1/data/a', { 'if-none-match': `"other", W/${etag}` })
  expect(answer.statusCode).toBe(304)
  expect(answer.headers['etag']).toBe(etag)
  expect(answer.body).toBe('')
  expect((await get('/api/v1/data/a', { 'if-none-match': '"other"' })).answer.statusCode).toBe(200)
})

test('HEAD answers as GET does, without the body', async () => {
  for (const url of ['/api/v1/data', '/api/v1/data/a']) {
    const [head, got] = [await get(url, {}, 'HEAD'), await get(url)]
    expect(head.answer.statusCode).toBe(200)
    expect(head.answer.body).toBe('')
    expect(head.answer.headers['content-length']).toBe(String(got.answer.rawPayload.length))
    expect(head.answer.headers['etag']).toBe(got.answer.headers['etag'])
  }
})

test.each(['/api/v1/data/none', '/api/v1/data/gone', '/api/v1/data/GONE?staleness=1s'])(
  'an absent or a deleted row is not found: %s',
  async (url) => {
    const { answer } = await get(url, { 'if-none-match': '*' })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'ROW_NOT_FOUND' })
  }
)

test('freshness reaches the store', async () => {
  const after = new Date(now).toISOString().replace('Z', '000001Z')
  const row = await get('/api/v1/data/a?staleness=15s')
  const list = await get(`/api/v1/data?after=${after}`)
  expect(row.calls).toMatchObject([{ freshness: { kind: 'stale', ms: 15_000 } }])
  expect(list.calls).toMatchObject([{ freshness: { kind: 'after', commitTimestamp: after } }])
})

test.each([
  ['/api/v1/data/a/b', 'KEY_INVALID'],
  ['/api/v1/storage/objects/b', 'KEY_INVALID'],
  ['/api/v1/storage/objects/b/x', 'KEY_INVALID'],
  ['/api/v1/data/a?limit=1', 'QUERY_INVALID'],
  ['/api/v1/data/a?after=yesterday', 'QUERY_INVALID'],
  ['/api/v1/data?staleness=2h', 'QUERY_INVALID'],
  ['/api/v1/data?secret=x', 'QUERY_INVALID'],
  ['/api/v1/data?id=a&id=a', 'QUERY_INVALID'],
  ['/api/v1/data?cursor=x', 'QUERY_INVALID'],
  ['/api/v1/data?rank=1', 'FILTER_UNSUPPORTED']
])('%s is refused with %s before the store is asked', async (url, code) => {
  const { answer, calls } = await get(url)
  expect(answer.statusCode).toBe(400)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json()).toMatchObject({ code })
  expect(calls).toEqual([])
})

test('a collection that is not read has no route', async () => {
  expect((await get('/api/v1/dead_letters')).answer.statusCode).toBe(404)
})
