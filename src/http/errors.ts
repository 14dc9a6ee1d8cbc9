import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, type FailureCode, failures } from '../failures.ts'
import { splitTarget } from './request-target.ts'

/** Answer every refusal as problem details. Call it before any route is registered. */
export function answerErrors(app: FastifyInstance): void {
  const methodsOf = collectMethods(app)
  const noRoute = (request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(reply, routeFailure(reply, methodsOf(request.url)))
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (request.is404) return noRoute(request, reply)
    const failure = toFailure(error)
    if (failure.code === 'INTERNAL') request.log.error({ err: error }, 'unexpected error')
    else request.log.warn({ failure: failure.code, detail: failure.message }, 'request refused')
    return sendProblem(reply, failure)
  })
  app.setNotFoundHandler(noRoute)
}

/** Remember the methods of every route, so that a 405 can name those of its path. */
function collectMethods(app: FastifyInstance): (url: string) => readonly string[] {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const one of [method].flat()) route.methods.add(one)
    routes.set(url, route)
  })
  return (url) => {
    const { path } = splitTarget(url)
    const served = [...routes.values()].filter(({ pattern }) => pattern.test(path))
    return [...new Set(served.flatMap(({ methods }) => [...methods]))].sort()
  }
}

/** The routes of this service use two wildcards: `:name` for a segment, and `*` at the end. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*'
    return segment.startsWith(':') ? '[^/]+' : segment.replaceAll('.', '\\.')
  })
  return new RegExp(`^${segments.join('/')}/?$`)
}

function routeFailure(reply: FastifyReply, allowed: readonly string[]): Failure {
  if (allowed.length === 0) return new Failure('ROUTE_NOT_FOUND', 'there is no such route')
  void reply.header('allow', allowed.join(', '))
  return new Failure('METHOD_NOT_ALLOWED', `this route accepts ${allowed.join(' and ')} only`)
}

/** The router refuses a path that cannot be percent-decoded; below `/api/v1/` that is a key. */
export function badUrl({ url }: FastifyRequest, error: FastifyError): Failure {
  const key = error.code === 'FST_ERR_BAD_URL' && url.startsWith('/api/v1/')
  return key
    ? new Failure('KEY_INVALID', 'a % is not followed by two hex digits')
    : toFailure(error)
}

function toFailure(
  error: Error & { readonly code?: string; readonly statusCode?: number }
): Failure {
  if (error instanceof Failure) return error
  if (error.code === 'ECONNRESET') {
    return new Failure('REQUEST_INVALID', 'the sender hung up before its request was complete')
  }
  const { statusCode = 500 } = error
  if (statusCode === 413) return new Failure('BODY_TOO_LARGE', error.message)
  if (statusCode < 500) {
    // The message may repeat what was sent.
    return new Failure('REQUEST_INVALID', `the request is not well-formed: ${error.code}`)
  }
  return new Failure('INTERNAL', 'an unexpected error', { cause: error })
}

declare module 'fastify' {
  interface FastifyReply {
    /** The failure that the request was answered with, if any. */
    failure?: FailureCode
  }
}

/** Seconds after which a sender may retry; Pub/Sub and Eventarc have their own backoff. */
const retryAfterSeconds = '1'

/** A failure as RFC 9457 problem details; `code` is stable, `detail` is for people. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: FailureCode
  readonly detail: string
}

/**
 * Convert a failure to problem details. Spanner's text about projects, tables and permissions goes
 * to the log; the caller gets the summary. Pure.
 */
export function toProblem({ code, message }: Failure): Problem {
  const { status, summary } = failures[code]
  const title = STATUS_CODES[status] ?? 'Error'
  const detail = code.startsWith('STORE_') ? summary : message
  return { type: `urn:landfall:failure:${code}`, title, status, code, detail }
}

/** Report whether the sender may send the same request again, and gets `Retry-After`. */
export function isRetryable(code: FailureCode): boolean {
  return failures[code].action === 'retry' || code === 'RATE_LIMITED'
}

/** Answer with a failure, and with `Retry-After` where the sender may try again. */
export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  reply.failure = failure.code
  const problem = toProblem(failure)
  if (isRetryable(failure.code)) reply.header('retry-after', retryAfterSeconds)
  // RFC 9110, 15.5.2: a 401 names a way to authenticate.
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type('application/problem+json').send(problem)
}

/**
 * Input that is not HTTP never becomes a request, so the answer is written directly to the socket.
 * Returns the code of the answer; undefined when the connection is gone.
 */
export function answerMalformed(
  error: Error & { readonly code?: string; readonly rawPacket?: unknown },
  socket: Socket
): FailureCode | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  const { status, title, ...rest } = toProblem(clientFailure(error.code))
  const [line, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['Request Header Fields Too Large', 431]
      : [title, status]
  const body = JSON.stringify({ ...rest, title: line, status: code })
  socket.end(
    `HTTP/1.1 ${code} ${line}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  )
  return rest.code
}

function clientFailure(code: string | undefined): Failure {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Failure('REQUEST_TIMEOUT', 'the request did not arrive in time')
  }
  return new Failure('REQUEST_INVALID', 'the request is not well-formed HTTP')
}
