import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PushAuth } from '../../access/push-auth.ts'
import type { Delivery } from '../../delivery/event.ts'
import { Failure } from '../../failures.ts'
import type { Ingest, Landed } from '../../ingest.ts'
import { countEvents } from '../../telemetry/count-events.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { deliverySpan, describeDelivery } from '../../telemetry/spans.ts'
import { headerLines } from '../header-lines.ts'
import { measureDeliveries } from '../request-metrics.ts'
import { splitTarget } from '../request-target.ts'
import type { Admission, Slot } from './admission.ts'
import { answer, answerDryRun } from './answer.ts'
import { checkDeclaredBytes, inflateBody, readBody } from './body.ts'
import { logDelivery } from './log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    slot: Slot | null
    /** Without credentials; null until the sender is authenticated. */
    headerLines: Delivery['headers'] | null
  }
}

/** Where events are delivered, by the name of the operation. */
export const deliveryPaths = { deliver: '/events', 'deliver-at-root': '/' } as const

export interface DeliveryRoutesOptions {
  readonly ingest: Ingest
  readonly pushAuth: PushAuth
  readonly admission: Admission
  readonly metrics: Metrics
  /** The event types that metrics count by name. */
  readonly eventTypes: readonly string[]
  /** Milliseconds after which the sender is told to retry, even if its events are settled later. */
  readonly timeoutMs: number
}

/** Serve `POST` of the delivery paths: every envelope, whatever Content-Type it claims. */
export async function deliveryRoutes(
  app: FastifyInstance,
  { ingest, pushAuth, admission, metrics, eventTypes, timeoutMs }: DeliveryRoutesOptions
): Promise<void> {
  app.decorateRequest('slot', null)
  app.decorateRequest('headerLines', null)
  measureDeliveries(app, metrics)
  const count = countEvents(metrics, eventTypes)

  app.addHook('onRequest', async (request) => {
    const lines = headerLines(request.raw.rawHeaders)
    await pushAuth.authenticate(lines)
    request.headerLines = withoutCredentials(lines)
  })
  app.addHook('onRequest', async (request, reply) => admit(request, reply, admission))
  app.addContentTypeParser('*', (request: FastifyRequest, payload: Readable) =>
    readBody(payload, declaredBytes(request), slotOf(request))
  )

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const slot = slotOf(request)
    reply.raw.off('close', slot.release)
    // Fastify's own handlerTimeout stops once the body of the request was read.
    const timer = setTimeout(() => reply.send(late()), timeoutMs)
    try {
      return await deliverySpan(linesOf(request), () => answerDelivery(request, reply))
    } finally {
      clearTimeout(timer)
      slot.release()
    }
  }

  async function answerDelivery(
    request: FastifyRequest,
    reply: FastifyReply
  ): Promise<FastifyReply> {
    const startedAt = performance.now()
    const dryRun = isDryRun(request.url)
    const delivery = await toDelivery(request)
    if (dryRun) {
      const results = await ingest.dryRun(delivery)
      request.log.info({ dryRun, events: results.length }, 'dry run')
      return reply.sent ? reply : answerDryRun(reply, results, isBatch(results))
    }
    const landed = await ingest.land(delivery)
    request.envelope = landed[0]?.arrival.provenance.envelope ?? 'cloudevents-batch'
    count(landed, Date.now())
    describeDelivery(landed)
    logDelivery(request.log, landed, performance.now() - startedAt, reply.sent)
    // After the timeout, the sender has already been told to retry.
    return reply.sent ? reply : answer(reply, landed, isBatch(landed))
  }

  for (const path of Object.values(deliveryPaths)) app.post(path, receive)
}

function admit(request: FastifyRequest, reply: FastifyReply, admission: Admission): void {
  const declared = declaredBytes(request)
  checkDeclaredBytes(declared)
  const slot = admission.enter(declared ?? 0)
  request.slot = slot
  // For a request that never reaches the handler; the handler keeps the slot until its work is done,
  // even if the sender hangs up.
  reply.raw.once('close', slot.release)
  if (reply.raw.destroyed) slot.release()
  // Fastify answers 415 to a malformed Content-Type, and Pub/Sub would redeliver that forever. The
  // decoder reads the real one from the raw headers.
  request.raw.headers['content-type'] = 'application/octet-stream'
}

const late = () => new Failure('DEADLINE_EXCEEDED', 'the events were not settled in time')

/**
 * Other parameters belong to Eventarc, and are ignored. A `dryRun` that is neither true nor false
 * is refused: its sender expects that the service writes nothing.
 *
 * @throws {Failure} QUERY_INVALID
 */
function isDryRun(url: string): boolean {
  const values = new URLSearchParams(splitTarget(url).query).getAll('dryRun')
  const [value = 'false', ...others] = values
  if (others.length === 0 && (value === 'true' || value === 'false')) return value === 'true'
  throw new Failure('QUERY_INVALID', 'dryRun must be given once, and be true or false')
}

/** A batch is answered with an array, also when it is empty or has one event. */
function isBatch(events: readonly Pick<Landed, 'arrival'>[]): boolean {
  return events.length !== 1 || events[0]?.arrival.provenance.envelope === 'cloudevents-batch'
}

async function toDelivery(request: FastifyRequest): Promise<Delivery> {
  const headers = linesOf(request)
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const { 'content-encoding': encoding, ...plain } = headers
  const [name = 'identity'] = encoding ?? []
  if (name.toLowerCase() === 'identity') return { headers: plain, body }
  const inflated = await inflateBody(body, name, slotOf(request))
  return inflated ? { headers: plain, body: inflated } : { headers, body }
}

/** Headers with credentials are dropped here: no event, log entry or dead letter ever has one. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-goog-iap-jwt-assertion',
  'x-serverless-authorization'
])

function withoutCredentials(lines: Delivery['headers']): Delivery['headers'] {
  return Object.fromEntries(Object.entries(lines).filter(([name]) => !credentialHeaders.has(name)))
}

function linesOf({ headerLines }: FastifyRequest): Delivery['headers'] {
  if (!headerLines) throw new Error('the delivery has no header lines')
  return headerLines
}

function slotOf({ slot }: FastifyRequest): Slot {
  if (!slot) throw new Error('the delivery has no slot')
  return slot
}

function declaredBytes(request: FastifyRequest): number | undefined {
  const declared = request.headers['content-length']
  return declared === undefined ? undefined : Number(declared)
}
