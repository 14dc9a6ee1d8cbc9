import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A way not to answer a call as the server would. */
type Disturbance =
  /** Answer with this gRPC status; the call never reaches the server. */
  | { readonly kind: 'fail'; readonly status: number; readonly message?: string }
  /** Let the server do it, throw its answer away, and answer with this gRPC status. */
  | { readonly kind: 'lose'; readonly status: number; readonly message?: string }
  /** Never answer, reset the stream, or close the whole connection; with `after`, once it is done. */
  | { readonly kind: 'hang' | 'reset' | 'hang-up'; readonly after?: boolean }

/** What to do with one call instead of forwarding it faithfully. */
export type Fault = Disturbance | { readonly kind: 'delay'; readonly ms: number }

export interface GrpcProxy {
  /** `host:port` for SPANNER_EMULATOR_HOST. */
  readonly host: string
  /** Called with the method name of every call, such as `Commit`; undefined forwards it. */
  fault: (method: string) => Fault | undefined
  close(): Promise<void>
}

/** What the server answered, whole. */
interface Answer {
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
  readonly trailers: OutgoingHttpHeaders
}

/** One call of a client. */
interface Call {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly method: string
}

type Forward = (headers: IncomingHttpHeaders, body: Buffer) => Promise<Answer>

const unavailable = 14

/**
 * Stand between gRPC clients and the Spanner emulator: fail, delay or lose single calls.
 *
 * The emulator crashes when a session is deleted whose transaction is open, and when two calls of
 * one session race. So the proxy answers `DeleteSession` without forwarding it, never cancels a call
 * that it forwarded, and with `inTurn` forwards the calls of one session one after another.
 */
export async function createGrpcProxy(
  target: string,
  { inTurn = false }: { readonly inTurn?: boolean } = {}
): Promise<GrpcProxy> {
  const upstream = createUpstream(target, inTurn ? createTurns() : atOnce)
  const connections = new Set<Http2Session>()
  const server = createServer({ settings: { maxConcurrentStreams: 10_000 } })
  const proxy: GrpcProxy = {
    host: '',
    fault: () => undefined,
    async close() {
      for (const connection of connections) connection.destroy()
      upstream.close()
      server.close()
      await once(server, 'close')
    }
  }
  server.on('session', (connection) => {
    connections.add(connection)
    connection.on('error', () => undefined)
    connection.on('close', () => connections.delete(connection))
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    const call = { stream, headers, method }
    // A client that gives up before its request is here has no answer to get.
    handle(call, proxy.fault(method), upstream.forward).catch(() => stream.close())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(proxy, { host: `127.0.0.1:${port}` })
}

async function handle(call: Call, fault: Fault | undefined, forward: Forward): Promise<void> {
  const { stream, headers, method } = call
  const body = await buffer(stream)
  const disturbance = fault?.kind === 'delay' ? undefined : fault
  if (disturbance && isBefore(disturbance)) return disturb(stream, disturbance)
  if (method === 'DeleteSession') return pass(stream, emptyAnswer)
  if (fault?.kind === 'delay') await sleep(fault.ms)
  const answer = await forward(headers, body).catch(() => undefined)
  if (!answer) return answerStatus(stream, unavailable, 'the server is gone')
  return disturbance ? disturb(stream, disturbance) : pass(stream, answer)
}

const isBefore = (fault: Disturbance) =>
  fault.kind === 'fail' || (fault.kind !== 'lose' && !fault.after)

/** The ways to give no answer at all. */
const silences = {
  hang: () => undefined,
  reset: (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  'hang-up': (stream: ServerHttp2Stream) => stream.session?.destroy()
} as const

function disturb(stream: ServerHttp2Stream, fault: Disturbance): void {
  if (fault.kind === 'fail' || fault.kind === 'lose') {
    answerStatus(stream, fault.status, fault.message)
  } else silences[fault.kind](stream)
}

function answerStatus(stream: ServerHttp2Stream, status: number, message = 'injected'): void {
  if (stream.destroyed) return
  const trailers = { 'grpc-status': String(status), 'grpc-message': encodeURIComponent(message) }
  stream.respond({ ...grpcHeaders, ...trailers }, { endStream: true })
}

const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' } as const

/** One message of no bytes: not compressed, and its length. */
const emptyAnswer: Answer = {
  headers: grpcHeaders,
  body: Buffer.alloc(5),
  trailers: { 'grpc-status': '0' }
}

function pass(stream: ServerHttp2Stream, { headers, body, trailers }: Answer): void {
  if (stream.destroyed) return
  const trailersOnly = headers['grpc-status'] !== undefined
  stream.respond(headers, { waitForTrailers: !trailersOnly, endStream: trailersOnly })
  if (trailersOnly) return
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.end(body)
}

/** Do the work of a key when its time has come. */
type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

const atOnce: Turns = (_key, work) => work()

function createUpstream(target: string, turns: Turns) {
  let open: ClientHttp2Session | undefined

  function connection(): ClientHttp2Session {
    if (!open || open.closed || open.destroyed) {
      open = connect(`http://${target}`)
      open.on('error', () => undefined)
    }
    return open
  }

  return {
    forward: (headers: IncomingHttpHeaders, body: Buffer) =>
      turns(String(headers['x-goog-request-params']), () => request(connection(), headers, body)),
    close: () => open?.destroy()
  }
}

async function request(
  upstream: ClientHttp2Session,
  headers: IncomingHttpHeaders,
  body: Buffer
): Promise<Answer> {
  const call = upstream.request(headers)
  let trailers: IncomingHttpHeaders = {}
  call.on('trailers', (sent) => {
    trailers = sent
  })
  const answered = once(call, 'response')
  call.end(body)
  const [answer]: readonly IncomingHttpHeaders[] = await answered
  return { headers: answer ?? {}, body: await buffer(call), trailers }
}

/** Do the work of one key one after another. */
function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = (last.get(key) ?? Promise.resolve()).then(work)
    const over = done
      .catch(() => undefined)
      .finally(() => {
        if (last.get(key) === over) last.delete(key)
      })
    last.set(key, over)
    return done
  }
}
