import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CertsServer {
  /** For `PUSH_CERTS_URL`. */
  readonly url: string
  /** The headers of every request so far. */
  readonly requests: readonly IncomingHttpHeaders[]
  /** Set how requests are answered from now on. */
  answer: RequestListener
  close(): Promise<void>
}

/** Start a server of key sets whose answers the test sets. */
export async function startCertsServer(answer: RequestListener): Promise<CertsServer> {
  const requests: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    requests.push(request.headers)
    certs.answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const certs: CertsServer = {
    url: `http://127.0.0.1:${port}/certs`,
    requests,
    answer,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
  return certs
}

type Headers = Readonly<Record<string, string>>

/** Answer with a key set, and with 304 to a request with the same ETag. */
export function keySet(keys: readonly unknown[], headers: Headers = {}): RequestListener {
  return ({ headers: { 'if-none-match': known } }, response) => {
    const unchanged = known !== undefined && known === headers['etag']
    response.writeHead(unchanged ? 304 : 200, headers)
    response.end(unchanged ? undefined : JSON.stringify({ keys }))
  }
}

export function answerWith(status: number, body: string, headers: Headers = {}): RequestListener {
  return (_request, response) => response.writeHead(status, headers).end(body)
}

/** Accept the request and hang up. */
export const hangUp: RequestListener = ({ socket }) => socket.destroy()
