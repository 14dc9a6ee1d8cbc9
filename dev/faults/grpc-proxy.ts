import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream
} from 'node:http2'
import type { AddressInfo } from 'node:net'

/** What to do with one call instead of forwarding it faithfully. */
export type Fault =
  /** Answer with this gRPC status; the call never reaches the server. */
  | { readonly kind: 'fail'; readonly status: number; readonly message?: string }
  /** Let the server do it, throw its answer away, and answer with this gRPC status. */
  | { readonly kind: 'lose'; readonly status: number }
  /** Never answer. */
  | { readonly kind: 'hang' }

export interface GrpcProxy {
  /** `host:port` for SPANNER_EMULATOR_HOST. */
  readonly host: string
  /** Asked for every call by its method name, such as `Commit`; undefined forwards it. */
  fault: (method: string) => Fault | undefined
  close(): Promise<void>
}

/** Stand between a gRPC client and a server: fail, delay or lose single answers. */
export async function createGrpcProxy(target: string): Promise<GrpcProxy> {
  const upstream = createUpstream(target)
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer()
  const proxy: GrpcProxy = {
    host: '',
    fault: () => undefined,
    async close() {
      for (const session of sessions) session.destroy()
      upstream.close()
      server.close()
      await once(server, 'close')
    }
  }
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    handle(stream, headers, proxy.fault(methodOf(headers)), upstream.session())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(proxy, { host: `127.0.0.1:${port}` })
}

function createUpstream(target: string) {
  let open: ClientHttp2Session | undefined
  return {
    session() {
      if (!open || open.closed || open.destroyed) {
        open = connect(`http://${target}`)
        open.on('error', () => undefined)
      }
      return open
    },
    close: () => open?.destroy()
  }
}

const methodOf = (headers: IncomingHttpHeaders) => String(headers[':path']).split('/').at(-1) ?? ''

function handle(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  fault: Fault | undefined,
  upstream: ClientHttp2Session
): void {
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'fail') {
    answer(stream, fault.status, fault.message)
    return
  }
  const call = upstream.request(headers)
  call.on('error', () => stream.destroy())
  stream.on('close', () => call.close(constants.NGHTTP2_CANCEL))
  stream.pipe(call)
  if (fault) {
    call.resume()
    call.on('end', () => answer(stream, fault.status))
    return
  }
  call.on('response', (response) => {
    const trailersOnly = response['grpc-status'] !== undefined
    if (stream.destroyed) return
    stream.respond(response, { waitForTrailers: !trailersOnly, endStream: trailersOnly })
    if (trailersOnly) return
    let trailers: IncomingHttpHeaders = {}
    call.on('trailers', (sent) => {
      trailers = sent
    })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    call.pipe(stream)
  })
}

function answer(stream: ServerHttp2Stream, status: number, message = 'injected'): void {
  if (stream.destroyed) return
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(status),
      'grpc-message': encodeURIComponent(message)
    },
    { endStream: true }
  )
}
