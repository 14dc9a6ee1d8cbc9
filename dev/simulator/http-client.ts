import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import type { Encoded } from './envelopes.ts'

export interface HttpAnswer {
  readonly status: number
  readonly link: string | undefined
  readonly body: string
}

/** Sends requests to a service over real sockets, which are kept open and reused. */
export interface HttpClient {
  /** Rejects when there is no answer. */
  post(encoded: Encoded): Promise<HttpAnswer>
  get(path: string): Promise<HttpAnswer>
  close(): void
}

export interface HttpClientOptions {
  /** Connections at most. */
  readonly sockets: number
  /** Milliseconds to wait for a whole answer. */
  readonly timeoutMs: number
  /** Headers of every POST beside those of the envelope. */
  readonly postHeaders?: () => Readonly<Record<string, string>>
  /** Headers of every GET. */
  readonly getHeaders?: Readonly<Record<string, string>>
}

const none = {}

/**
 * Make a client of the service at an origin, such as `http://localhost:8080`. It adds no headers
 * of its own: on an unwrapped push they would look like attributes of the message.
 */
export function createHttpClient(origin: string, options: HttpClientOptions): HttpClient {
  const { sockets, timeoutMs, postHeaders = () => none, getHeaders = none } = options
  const { Agent, request } = origin.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })

  async function send(method: string, { path, headers, body }: Encoded): Promise<HttpAnswer> {
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const outgoing = request(new URL(path, origin), { agent, method, headers, signal }, resolve)
      // With a string as body, Node would write the header lines as UTF-8 instead of byte by byte.
      outgoing.on('error', reject).end(Buffer.from(body))
    })
    const { statusCode = 0, headers: lines } = answered
    return { status: statusCode, link: nextOf(lines['link']), body: await text(answered) }
  }

  return {
    post: ({ path, headers, body }) =>
      send('POST', { path, body, headers: { ...headers, ...postHeaders() } }),
    get: (path) => send('GET', { path, headers: getHeaders, body: '' }),
    close: () => agent.destroy()
  }
}

/** The target of the link to the next page. */
function nextOf(link: string | readonly string[] | undefined): string | undefined {
  return /<([^>]*)>; rel="next"/.exec([link].flat().join(', '))?.[1]
}
