import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Encoded } from './envelopes.ts'

export interface HttpAnswer {
  readonly status: number
  readonly link: string | undefined
  readonly body: string
}

/** What the demo asks of the service: over real sockets, which are kept open and used again. */
export interface HttpClient {
  post(encoded: Encoded): Promise<HttpAnswer>
  get(path: string): Promise<HttpAnswer>
  close(): void
}

const patienceMs = 30_000

/**
 * Make a client of the service on a port of this machine, with at most `sockets` connections. It
 * adds no headers of its own: on an unwrapped push they would look like attributes of the message.
 */
export function createHttpClient(port: number, sockets: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })

  async function send(method: string, { path, headers, body }: Encoded): Promise<HttpAnswer> {
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { agent, host: '127.0.0.1', port, method, path, headers }
      const outgoing = request({ ...options, signal: AbortSignal.timeout(patienceMs) }, resolve)
      // Beside a text, Node would write header lines as UTF-8 instead of byte by byte.
      outgoing.on('error', reject).end(Buffer.from(body))
    })
    const { statusCode = 0, headers: lines } = answered
    return { status: statusCode, link: nextOf(lines['link']), body: await text(answered) }
  }

  return {
    post: (encoded) => send('POST', encoded),
    get: (path) => send('GET', { path, headers: {}, body: '' }),
    close: () => agent.destroy()
  }
}

/** The target of the link to the next page. */
function nextOf(link: string | readonly string[] | undefined): string | undefined {
  return /<([^>]*)>; rel="next"/.exec([link].flat().join(', '))?.[1]
}
