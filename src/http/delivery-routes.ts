import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Delivery } from '../delivery/event.ts'
import type { Ingest, Landed } from '../ingest.ts'
import type { Admission, Slot } from './admission.ts'
import { answer } from './answer.ts'
import { checkDeclaredBytes, inflateBody, readBody } from './body.ts'
import { logDelivery } from './log-delivery.ts'

declare module 'fastify' {
  interface FastifyRequest {
    slot: Slot | null
  }
}

export interface DeliveryRoutesOptions {
  readonly ingest: Ingest
  readonly admission: Admission
}

/** Serve `POST /events` and `POST /`: every envelope, whatever Content-Type it claims. */
export async function deliveryRoutes(
  app: FastifyInstance,
  { ingest, admission }: DeliveryRoutesOptions
): Promise<void> {
  app.decorateRequest('slot', null)

  app.addHook('onRequest', async (request, reply) => {
    const declared = declaredBytes(request)
    checkDeclaredBytes(declared)
    const slot = admission.enter(declared ?? 0)
    request.slot = slot
    reply.raw.once('close', slot.release)
    // Fastify answers 415 to a malformed Content-Type, and a 415 is redelivered for ever. Ours is
    // read from the raw headers, by the decoder.
    request.raw.headers['content-type'] = 'application/octet-stream'
  })

  app.addContentTypeParser('*', (request: FastifyRequest, payload: Readable) =>
    readBody(payload, declaredBytes(request), slotOf(request))
  )

  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const startedAt = performance.now()
    const landed = await ingest(await toDelivery(request))
    logDelivery(request.log, landed, performance.now() - startedAt)
    return answer(reply, landed, isBatch(landed))
  }

  app.post('/', receive)
  app.post('/events', receive)
}

/** A batch is answered with an array, also when it is empty or has one event. */
function isBatch(landed: readonly Landed[]): boolean {
  return landed.length !== 1 || landed[0]?.arrival.envelope === 'cloudevents-batch'
}

async function toDelivery(request: FastifyRequest): Promise<Delivery> {
  const headers = headerLines(request.raw.rawHeaders)
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const { 'content-encoding': encoding, ...plain } = headers
  const [name = 'identity'] = encoding ?? []
  if (name.toLowerCase() === 'identity') return { headers: plain, body }
  const inflated = await inflateBody(body, name, slotOf(request))
  return inflated ? { headers: plain, body: inflated } : { headers, body }
}

/** Group raw header lines by lower-case name: a repeated header is the decoder's to judge. */
export function headerLines(raw: readonly string[]): Record<string, readonly string[]> {
  const lines: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]).toLowerCase()
    const values = lines[name] ?? []
    lines[name] = [...values, String(raw[i + 1])]
  }
  return lines
}

function slotOf({ slot }: FastifyRequest): Slot {
  if (!slot) throw new Error('a delivery without a slot')
  return slot
}

function declaredBytes(request: FastifyRequest): number | undefined {
  const declared = request.headers['content-length']
  return declared === undefined ? undefined : Number(declared)
}
