import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { createHttpClient } from '../../../dev/simulator/http-client.ts'

export interface Arrived {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A service whose answers the test sets, and a client for it; both end with the test. */
export async function startPushServer(
  answer: (arrived: Arrived, response: ServerResponse, count: number) => void
) {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    const one = { headers: request.headers, body: await text(request) }
    arrived.push(one)
    answer(one, response, arrived.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const client = createHttpClient(url, { sockets: 100, timeoutMs: 200 })
  onTestFinished(() => {
    client.close()
    server.closeAllConnections()
    server.close()
  })
  return { url, client, arrived }
}
