import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { changed } from '../http/open-app.ts'
import { startService } from './start-service.ts'

/** Send raw bytes and read until the service closes the connection. */
async function exchange(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const post = 'POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'

describe('on the wire', () => {
  test.each([
    [
      'Content-Length beside Transfer-Encoding',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400
    ],
    ['two Content-Lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
    ['a negative Content-Length', 'Content-Length: -5\r\n\r\nhello', 400],
    ['a bare line feed', 'X: 1\nY: 2\r\n\r\n', 400],
    ['a header of 20 KB', `X: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['a body declared beyond 16 MiB', 'Content-Length: 16777217\r\n\r\n', 413]
  ])('%s is refused', async (_name, rest, status) => {
    const { url } = await startService({})
    const answer = await exchange(url, post + rest)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain('application/problem+json')
  })

  test('a request without Host is refused', async () => {
    const { url } = await startService({})
    const answer = await exchange(url, 'POST /events HTTP/1.1\r\nContent-Length: 0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
  })

  test('a chunked body without a length lands', async () => {
    const { url } = await startService({})
    const event = JSON.stringify(changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }))
    const body = `${event.length.toString(16)}\r\n${event}\r\n0\r\n\r\n`
    const headers =
      'Content-Type: application/cloudevents+json\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(await exchange(url, post + headers + body)).toContain('"verdict":"applied"')
  })

  test('the bytes of a binary header are read as UTF-8, percent-encoded or not', async () => {
    const { url } = await startService({})
    const event = (id: string) =>
      `${post}ce-id: ${id}\r\nce-source: //s\r\nce-specversion: 1.0\r\n` +
      'ce-type: com.example.item.changed.v1\r\nce-time: 2026-11-01T10:00:00Z\r\n' +
      'Content-Type: application/json\r\nContent-Length: 26\r\n\r\n{"id":"b1","value":"blue"}'
    expect(await exchange(url, event('Euro%20%E2%82%AC'))).toContain('"verdict":"applied"')
    expect(await exchange(url, event('Euro €'))).toContain('"verdict":"duplicate"')
  })

  test.each([
    ['headers', 'POST /events HTTP/1.1\r\nHost: x\r\n'],
    ['a body', `${post}Content-Length: 100\r\n\r\nhalf`]
  ])('%s that never end are answered 408', async (_name, text) => {
    const { url } = await startService({ REQUEST_TIMEOUT_MS: '1000' })
    expect(await exchange(url, text)).toMatch(/^HTTP\/1.1 408 /)
  })
})
