import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, type FailureCode, failures } from '../failures.ts'

/** Every refusal leaves through here, as problem details. */
export function sayNo(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (request.is404) return sendProblem(reply, noRoute(request, reply))
    const failure = toFailure(error)
    if (failure.code === 'INTERNAL') request.log.error({ err: error }, 'bug')
    else request.log.warn({ failure: failure.code, detail: failure.message }, 'request refused')
    return sendProblem(reply, failure)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(reply, noRoute(request, reply)))
}

function noRoute(request: FastifyRequest, reply: FastifyReply): Failure {
  const allowed = allowedMethods(request.url)
  if (!allowed || allowed.includes(request.method)) {
    return new Failure('ROUTE_NOT_FOUND', 'no such route')
  }
  void reply.header('allow', allowed.join(', '))
  const message = `${request.method} is not one of ${allowed.join(', ')}`
  return new Failure('METHOD_NOT_ALLOWED', message)
}

/** The router refuses a path that cannot be percent-decoded; below the reads that is a key. */
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
    /** What was answered with, where it was a failure. */
    failure?: FailureCode
  }
}

/** Seconds after which a sender may try again; Pub/Sub and Eventarc back off by themselves. */
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
 * Say in HTTP what a failure means. What Spanner says of projects, tables and permissions is for the
 * log; a caller is told the summary. Pure.
 */
export function toProblem({ code, message }: Failure): Problem {
  const { status, summary } = failures[code]
  const title = STATUS_CODES[status] ?? 'Error'
  const detail = code.startsWith('STORE_') ? summary : message
  return { type: `urn:landfall:failure:${code}`, title, status, code, detail }
}

/** Tell whether a sender should come back with the same request, and is told when. */
export function asksToComeBack(code: FailureCode): boolean {
  return failures[code].action === 'retry' || code === 'RATE_LIMITED'
}

/** Answer with a failure; a sender that should come back is told so. */
export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  reply.failure = failure.code
  const problem = toProblem(failure)
  if (asksToComeBack(failure.code)) reply.header('retry-after', retryAfterSeconds)
  // RFC 9110, 15.5.2: a 401 names a way to prove who one is.
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type('application/problem+json').send(problem)
}

/**
 * What is not HTTP never becomes a request, so the answer is written to the socket itself. Returns
 * what it was answered with; undefined where nobody is left to answer.
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

const routes: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/(events\/?)?$/, ['POST']],
  [/^\/(api\/v1|health|docs)\//, ['GET', 'HEAD']],
  [/^\/(metrics|docs|openapi\.json|asyncapi\.json)\/?$/, ['GET', 'HEAD']]
]

/** Name the methods that a path is served with; undefined where nothing is. */
export function allowedMethods(url: string): readonly string[] | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return routes.find(([pattern]) => pattern.test(path))?.[1]
}
