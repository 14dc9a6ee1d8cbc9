import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { assets } from '../../../src/http/docs/assets.ts'
import { openApp } from '../open-app.ts'

const documents = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/events', '/docs/http']

describe.each(documents)('%s', (url) => {
  test('is cached and revalidated', async () => {
    const { app } = await openApp()
    const first = await app.inject(url)
    expect(first.statusCode).toBe(200)
    expect(first.headers).toMatchObject({
      'cache-control': 'public, no-cache',
      vary: 'accept-encoding'
    })
    const headers = { 'if-none-match': String(first.headers['etag']) }
    const again = await app.inject({ url, headers })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  test('is served compressed, with its own tag', async () => {
    const { app } = await openApp()
    const plain = await app.inject(url)
    const packed = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
    expect(packed.headers['etag']).not.toBe(plain.headers['etag'])
  })

  test('has a HEAD, and no other method', async () => {
    const { app } = await openApp()
    const get = await app.inject(url)
    const head = await app.inject({ method: 'HEAD', url })
    expect([head.statusCode, head.body]).toEqual([200, ''])
    expect(head.headers['etag']).toBe(get.headers['etag'])
    const post = await app.inject({ method: 'POST', url })
    expect(post.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
    expect(post.headers['allow']).toBe('GET, HEAD')
  })

  test('never calls the store, and needs no key', async () => {
    const calls: string[] = []
    const { app } = await openApp({ READ_AUTH: 'cloud-run', PUSH_AUTH: 'cloud-run' }, (store) =>
      Object.assign(Object.create(store), {
        read: () => calls.push('read'),
        list: () => calls.push('list'),
        verify: () => calls.push('verify')
      })
    )
    expect((await app.inject(url)).statusCode).toBe(200)
    expect(calls).toEqual([])
  })
})

test('a refusal of gzip is respected', async () => {
  const { app } = await openApp()
  for (const coding of ['gzip;q=0', 'gzip; q=0.0, br', 'x-gzip', 'identity']) {
    const answer = await app.inject({ url: '/docs', headers: { 'accept-encoding': coding } })
    expect(answer.headers['content-encoding'], coding).toBeUndefined()
  }
  const weighted = await app.inject({ url: '/docs', headers: { 'accept-encoding': 'GZIP;q=0.5' } })
  expect(weighted.headers['content-encoding']).toBe('gzip')
})

test('a page allows nothing from other origins and nothing inline', async () => {
  const { app } = await openApp()
  for (const url of ['/docs', '/docs/events', '/docs/http']) {
    const { headers, body } = await app.inject(url)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).not.toMatch(/<script>|<style|style=|(src|href)="(https?:)?\/\//)
  }
})

describe('an asset', () => {
  test('is cached forever under the hash of its content, and revalidated under another', async () => {
    const { app } = await openApp()
    const { body } = await app.inject('/docs/http')
    const urls = [...body.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(([, url]) => url)
    expect(urls).toHaveLength(5)
    for (const url of urls) {
      const { statusCode, headers } = await app.inject(url ?? '')
      expect([statusCode, headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable'
      ])
      const older = await app.inject((url ?? '').replace(/v=.*/, 'v=older'))
      expect([older.statusCode, older.headers['cache-control']]).toEqual([200, 'public, no-cache'])
    }
  })

  test.each(Object.keys(assets))('%s has its media type', async (name) => {
    const { app } = await openApp()
    const { statusCode, headers, rawPayload } = await app.inject(`/docs/assets/${name}`)
    expect(statusCode).toBe(200)
    const types = { css: 'text/css', js: 'text/javascript', txt: 'text/plain' }
    const type = Object.entries(types).find(([end]) => name.endsWith(`.${end}`))?.[1]
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`)
    expect(rawPayload.length).toBeGreaterThan(0)
  })

  test.each(['none.js', '..%2Fpage.ts', '__proto__', 'constructor'])(
    '%s does not exist',
    async (name) => {
      const { app } = await openApp()
      const answer = await app.inject(`/docs/assets/${name}`)
      expect(answer.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    }
  )
})
