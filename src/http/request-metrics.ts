import type { FastifyInstance } from 'fastify'
import type { Envelope } from '../delivery/event.ts'
import type { Metrics } from '../telemetry/metrics.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The envelope of the events; null until they are settled. */
    envelope: Envelope | null
  }
  interface FastifyContextConfig {
    /** Collection that the route reads. */
    readonly collection?: string
  }
}

/**
 * The statuses that Pub/Sub treats as an acknowledgment
 * (https://cloud.google.com/pubsub/docs/push).
 */
const acknowledging = new Set([102, 200, 201, 202, 204])

/** Count and time the answers to deliveries. */
export function measureDeliveries(app: FastifyInstance, metrics: Metrics): void {
  app.decorateRequest('envelope', null)
  app.addHook('onResponse', async ({ envelope }, { statusCode, elapsedTime }) => {
    metrics.deliveries.inc({ envelope: envelope ?? 'none', status: statusCode })
    const acknowledged = String(acknowledging.has(statusCode))
    metrics.deliveryDuration.observe({ acknowledged }, elapsedTime / 1000)
  })
}

/** Count and time the answers to reads, by the collection of their route. */
export function measureReads(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async ({ routeOptions }, { statusCode, elapsedTime }) => {
    const { collection } = routeOptions.config
    if (collection === undefined) return
    metrics.reads.inc({ collection, status: statusCode })
    metrics.readDuration.observe({ collection }, elapsedTime / 1000)
  })
}

/** Count the answers that were failures. */
export function measureRefusals(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (_request, { failure }) => {
    if (failure) metrics.refusals.inc({ code: failure })
  })
}
