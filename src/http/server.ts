import type { Server } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  LogController
} from 'fastify'
import type { PushAuth } from '../access/push-auth.ts'
import type { ReadAuth } from '../access/read-auth.ts'
import type { Contracts } from '../contracts/contracts.ts'
import { Failure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import type { Readiness } from '../readiness.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { traceFields } from '../telemetry/trace-context.ts'
import type { Admission } from './deliver/admission.ts'
import { maxBodyBytes } from './deliver/body.ts'
import { deliveryRoutes } from './deliver/routes.ts'
import { documentRoutes } from './docs/document-routes.ts'
import { answerErrors, answerMalformed, badUrl, sendProblem, toProblem } from './errors.ts'
import type { AccessModes } from './openapi/access.ts'
import { createReaders } from './read/reader.ts'
import { readRoutes } from './read/routes.ts'
import { measureReads, measureRefusals } from './request-metrics.ts'

export interface ServerOptions {
  readonly contracts: Contracts
  readonly ingest: Ingest
  readonly readiness: Readiness
  readonly store: Store
  readonly pushAuth: PushAuth
  readonly authorizeRead: ReadAuth['authorize']
  readonly access: AccessModes
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: FastifyBaseLogger
  /** Project in the trace names of log entries; undefined when there is none. */
  readonly project: string | undefined
  readonly metrics: Metrics
  readonly admission: Admission
  readonly deliveryTimeoutMs: number
  readonly requestTimeoutMs: number
}

/** Node refuses longer headers, the path included, with 431. */
const maxParamLength = 16_384

/** Create the HTTP server: routes, limits, and one way to answer errors. It does not listen yet. */
export function buildServer(options: ServerOptions): FastifyInstance {
  const { metrics, admission } = options
  const app = Fastify(fastifyOptions(options))
  app.removeAllContentTypeParsers()
  answerErrors(app)
  refuseWhileStopping(app)
  measureRefusals(app, metrics)
  void app.register(deliveryRoutes, {
    ingest: options.ingest,
    pushAuth: options.pushAuth,
    admission,
    metrics,
    eventTypes: options.contracts.eventTypes,
    timeoutMs: options.deliveryTimeoutMs
  })
  void app.register(healthRoutes, { readiness: options.readiness })
  void app.register(metricsRoutes, { metrics })
  void app.register(documentRoutes, { contracts: options.contracts, access: options.access })
  const { contracts, store, now, authorizeRead: authorize } = options
  void app.register(async (scope) => {
    measureReads(scope, metrics)
    const admit = createReaders(admission)
    readRoutes(scope, { collections: contracts.collections, store, now, authorize, admit })
  })
  return app
}

function fastifyOptions({ log, metrics, project, requestTimeoutMs }: ServerOptions) {
  return {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Node checks for late requests only every 30 s by default.
    http: {
      headersTimeout: Math.min(requestTimeoutMs, 5000),
      connectionsCheckingInterval: 1000
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    // Neither kind of error reaches the hooks that count refusals.
    frameworkErrors(error, request, reply) {
      const failure = badUrl(request, error)
      metrics.refusals.inc({ code: failure.code })
      return sendProblem(reply, failure)
    },
    clientErrorHandler(error, socket) {
      const code = answerMalformed(error, socket)
      if (code) metrics.refusals.inc({ code })
    },
    childLoggerFactory: (parent, bindings, childOptions, { headers }) =>
      parent.child({ ...bindings, ...traceFields(headers, project) }, childOptions)
  } satisfies FastifyHttpOptions<Server, FastifyBaseLogger>
}

/** Refuse requests that arrive on open connections after the stop began. */
function refuseWhileStopping(app: FastifyInstance): void {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onRequest', async () => {
    if (stopping) throw new Failure('STOPPING', 'this instance is shutting down')
  })
  // A connection that stays open after its answer would delay the stop.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close')
  })
}

/** Serve liveness, which never touches the store, and readiness, which does. */
async function healthRoutes(
  app: FastifyInstance,
  { readiness }: { readonly readiness: Readiness }
): Promise<void> {
  app.get('/health/live', async () => ({ status: 'live' }))

  app.get('/health/ready', async (_request, reply) => {
    const { failure, mismatches } = await readiness.check()
    if (!failure) return { status: 'ready' }
    if (mismatches.length === 0) return sendProblem(reply, failure)
    return reply
      .code(503)
      .type('application/problem+json')
      .send({ ...toProblem(failure), mismatches })
  })
}

/** Serve the metrics as Prometheus text. Never reads the store. */
async function metricsRoutes(
  app: FastifyInstance,
  { metrics: { registry } }: { readonly metrics: Metrics }
): Promise<void> {
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics())
  )
}
