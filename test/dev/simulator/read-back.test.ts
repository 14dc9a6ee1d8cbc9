import { expect, test } from 'vitest'
import { readBack } from '../../../dev/simulator/read-back.ts'

const page = (body: string, link?: string, status = 200) => ({ status, body, link })

function serve(pages: Readonly<Record<string, ReturnType<typeof page>>>) {
  return { get: async (path: string) => pages[path] ?? page('no such page', undefined, 404) }
}

test('pages are followed by their links to the last one', async () => {
  const client = serve({
    '/api/v1/data': page('[{"id":"a"},{"id":"b"}]', '/api/v1/data?cursor=x'),
    '/api/v1/data?cursor=x': page('[{"id":"c"}]')
  })
  expect(await readBack(client, 'data')).toEqual({
    path: 'data',
    rows: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
    pages: 2
  })
})

test('a page that links to itself ends the reading', async () => {
  const client = serve({ '/api/v1/data': page('[{"id":"a"}]', '/api/v1/data') })
  await expect(readBack(client, 'data')).rejects.toThrow('links to a page that was already read')
})

test('a refused page ends the reading, with the answer', async () => {
  await expect(readBack(serve({}), 'data')).rejects.toThrow(
    'GET /api/v1/data was answered 404: no such page'
  )
})

test('an answer that is not an array of rows ends the reading', async () => {
  const client = serve({ '/api/v1/data': page('{"rows":[]}') })
  await expect(readBack(client, 'data')).rejects.toThrow('not an array of rows')
})
