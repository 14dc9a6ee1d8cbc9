import { Failure, type FailureCode, type FailureRow, failures } from '../../failures.ts'
import type { JsonObject } from '../../values/json.ts'
import { isRetryable, toProblem } from '../errors.ts'
import { reference } from './event-schemas.ts'

const codes = Object.keys(failures) as readonly FailureCode[]

/** Name the failures of an action. */
export function codesOf(action: FailureRow['action']): readonly FailureCode[] {
  return codes.filter((code) => failures[code].action === action)
}

/** RFC 9457 problem details, as `toProblem` writes them. */
export const problemSchema: JsonObject = {
  description: 'Problem details (RFC 9457). `code` never changes its meaning.',
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', pattern: '^urn:landfall:failure:[A-Z0-9_]+$' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { enum: codes },
    detail: { description: 'For people; its wording may change.', type: 'string' }
  }
}

export const problemHeaders: JsonObject = {
  'Retry-After': {
    description: 'Seconds after which the same request may be sent again.',
    required: true,
    schema: { type: 'string', pattern: '^[0-9]+$' }
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    required: true,
    schema: { type: 'string' }
  }
}

/** Write the responses for refusals with these codes, by status. */
export function problemResponses(refusals: readonly FailureCode[]): JsonObject {
  const byStatus = Map.groupBy(new Set(refusals), (code) => failures[code].status)
  return Object.fromEntries(
    [...byStatus].toSorted(([a], [b]) => a - b).map(([status, of]) => [status, problemResponse(of)])
  )
}

/** Write the responses as components that many operations share, under the name of their kind. */
export function namedProblems(kind: string, refusals: readonly FailureCode[]): JsonObject {
  const responses = Object.entries(problemResponses(refusals))
  return Object.fromEntries(responses.map(([status, one]) => [`${kind}-${status}`, one]))
}

/** Refer to the shared responses of a kind. */
export function problemReferences(kind: string, refusals: readonly FailureCode[]): JsonObject {
  const statuses = new Set(refusals.map((code) => failures[code].status))
  return Object.fromEntries(
    [...statuses].map((status) => [status, { $ref: `#/components/responses/${kind}-${status}` }])
  )
}

function problemResponse(refusals: readonly FailureCode[]): JsonObject {
  return {
    description: refusals.map((code) => `\`${code}\`: ${failures[code].summary}`).join('\n\n'),
    ...headersOf(refusals),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [reference('Problem'), { properties: { code: { enum: refusals } } }]
        },
        examples: Object.fromEntries(
          refusals.map((code) => [code, { $ref: `#/components/examples/${code}` }])
        )
      }
    }
  }
}

function headersOf(refusals: readonly FailureCode[]): JsonObject {
  const names = [
    ...(refusals.every(isRetryable) ? ['Retry-After'] : []),
    ...(refusals.every((code) => failures[code].status === 401) ? ['WWW-Authenticate'] : [])
  ]
  const headers = names.map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return names.length > 0 ? { headers: Object.fromEntries(headers) } : {}
}

/** One example for each code that a caller may see. */
export const problemExamples: JsonObject = Object.fromEntries(
  codes
    .filter((code) => failures[code].action !== 'stop')
    .map((code) => {
      const { summary } = failures[code]
      return [code, { summary, value: { ...toProblem(new Failure(code, summary)) } }]
    })
)
