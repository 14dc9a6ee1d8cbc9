import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController
} from 'fastify'
import type { PushAuth } from '../access/push-auth.ts'
import type { ReadAuth } from '../access/read-auth.ts'
import type { Contracts } from '../contracts/contracts.ts'
import { Failure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import type { Readiness } from '../readiness.ts'
import type { Store } from '../store/store.ts'
import { createAdmission } from './admission.ts'
import { maxBodyBytes } from './body.ts'
import { deliveryRoutes } from './delivery-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { answerMalformed } from './malformed.ts'
import { allowedMethods } from './methods.ts'
import { sendProblem } from './problem.ts'
import { readRoutes } from './read-routes.ts'

export interface ServerOptions {
  readonly contracts: Contracts
  readonly ingest: Ingest
  readonly readiness: Readiness
  readonly store: Store
  readonly pushAuth: PushAuth
  readonly authoriseRead: ReadAuth['authorise']
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: FastifyBaseLogger
  readonly deliveryTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly requestsMax: number
  readonly bytesMax: number
}

/** Node refuses longer headers, the path included, with 431. */
const maxParamLength = 16_384

/** Make the HTTP server: routes, limits, and one way to say no. Listens to nothing yet. */
export function buildServer(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: options.requestTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Node looks for requests that are late every 30 s unless told otherwise.
    http: {
      headersTimeout: Math.min(options.requestTimeoutMs, 5000),
      connectionsCheckingInterval: 1000
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    frameworkErrors: (error, request, reply) => sendProblem(reply, badUrl(request, error)),
    clientErrorHandler: answerMalformed
  })
  app.removeAllContentTypeParsers()
  sayNo(app)
  refuseWhileStopping(app)
  const admission = createAdmission(options.requestsMax, options.bytesMax)
  void app.register(deliveryRoutes, {
    ingest: options.ingest,
    pushAuth: options.pushAuth,
    admission,
    timeoutMs: options.deliveryTimeoutMs
  })
  void app.register(healthRoutes, { readiness: options.readiness })
  const { contracts, store, now, authoriseRead: authorise } = options
  void app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.raw.once('close', admission.enter(0).release)
    })
    readRoutes(scope, { collections: contracts.collections, store, now, authorise })
  })
  return app
}

/** Every refusal leaves through here, as problem details. */
function sayNo(app: FastifyInstance): void {
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
function badUrl({ url }: FastifyRequest, error: FastifyError): Failure {
  const key = error.code === 'FST_ERR_BAD_URL' && url.startsWith('/api/v1/')
  return key
    ? new Failure('KEY_INVALID', 'a % is not followed by two hex digits')
    : toFailure(error)
}

/** What still comes in on open connections after the stop is sent elsewhere. */
function refuseWhileStopping(app: FastifyInstance): void {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onRequest', async () => {
    if (stopping) throw new Failure('STOPPING', 'this instance is shutting down')
  })
  // A connection kept alive by an answer after the stop would be waited for.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close')
  })
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
