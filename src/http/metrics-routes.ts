import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../telemetry/metrics.ts'

/** Serve the metrics as Prometheus text. Asks nothing of the store. */
export async function metricsRoutes(
  app: FastifyInstance,
  { metrics: { registry } }: { readonly metrics: Metrics }
): Promise<void> {
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics())
  )
}
