import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { type Failure, type FailureCode, failures } from '../failures.ts'

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
