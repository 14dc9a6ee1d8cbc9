import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { type Failure, failures } from '../failures.ts'

/** Seconds after which a sender may try again; Pub/Sub and Eventarc back off by themselves. */
const retryAfterSeconds = '1'

/** A failure as RFC 9457 problem details; `code` is stable, `detail` is for people. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
}

/** Say in HTTP what a failure means. Pure. */
export function toProblem({ code, message }: Failure): Problem {
  const { status } = failures[code]
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: `urn:landfall:failure:${code}`, title, status, code, detail: message }
}

/** Answer with a failure; a sender that should come back is told so. */
export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  const problem = toProblem(failure)
  if (failures[failure.code].action === 'retry') reply.header('retry-after', retryAfterSeconds)
  return reply.code(problem.status).type('application/problem+json').send(problem)
}
