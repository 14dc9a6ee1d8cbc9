import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../failures.ts'
import { allowedMethods } from './methods.ts'
import { sendProblem } from './problem.ts'

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
