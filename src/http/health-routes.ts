import type { FastifyInstance } from 'fastify'
import type { Readiness } from '../readiness.ts'
import { sendProblem, toProblem } from './problem.ts'

/** Serve liveness, which never touches the store, and readiness, which does. */
export async function healthRoutes(
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
