import type { JsonObject } from '../../values/json.ts'
import { documentPaths } from '../document-paths.ts'
import { reference } from './event-schemas.ts'
import { problemResponses } from './problem-responses.ts'
import { shared } from './read-paths.ts'

const json = (schema: JsonObject) => ({ 'application/json': { schema } })

function statusOf(status: string): JsonObject {
  return {
    type: 'object',
    required: ['status'],
    properties: { status: { const: status } },
    additionalProperties: false
  }
}

/** Why the service is not ready. */
const notReady: JsonObject = {
  description: 'Events cannot land now. `mismatches` lists how the tables differ.',
  content: {
    'application/problem+json': {
      schema: {
        allOf: [reference('Problem')],
        properties: {
          mismatches: {
            type: 'array',
            items: {
              type: 'object',
              required: ['table', 'message'],
              properties: { table: { type: 'string' }, message: { type: 'string' } }
            }
          }
        }
      }
    }
  }
}

const always = problemResponses(['STOPPING', 'INTERNAL', 'REQUEST_INVALID'])

const health: JsonObject = {
  '/health/live': {
    get: {
      tags: ['service'],
      operationId: 'get-liveness',
      summary: 'Liveness',
      description: 'Never calls the store.',
      security: [],
      responses: {
        200: { description: 'The process is alive.', content: json(statusOf('live')) },
        ...always
      }
    }
  },
  '/health/ready': {
    get: {
      tags: ['service'],
      operationId: 'get-readiness',
      summary: 'Readiness: can events land?',
      description: 'Compares the live tables with the collections.',
      security: [],
      responses: {
        200: { description: 'Events can land.', content: json(statusOf('ready')) },
        ...problemResponses(['INTERNAL', 'REQUEST_INVALID']),
        503: notReady
      }
    }
  }
}

function document(
  operationId: string,
  summary: string,
  content: JsonObject,
  more: { readonly parameters: readonly JsonObject[]; readonly responses: JsonObject } = nothing
): JsonObject {
  const headers = { ETag: { $ref: '#/components/headers/ETag' } }
  return {
    get: {
      tags: ['documents'],
      operationId,
      summary,
      security: [],
      parameters: [...more.parameters, shared('If-None-Match')],
      responses: {
        200: { description: 'The document.', headers, content },
        304: { description: 'The document still matches `If-None-Match`.', headers },
        ...always,
        ...more.responses
      }
    }
  }
}

const metrics: JsonObject = {
  '/metrics': {
    get: {
      tags: ['service'],
      operationId: 'get-metrics',
      summary: 'Metrics as Prometheus text',
      description: 'Never calls the store.',
      security: [],
      responses: {
        200: {
          description: 'The metrics.',
          content: { 'text/plain': { schema: { type: 'string' } } }
        },
        ...always
      }
    }
  }
}

const nothing = { parameters: [], responses: {} }

/** The files that the pages load. */
const asset = {
  parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
  responses: problemResponses(['ROUTE_NOT_FOUND'])
}

const page = { 'text/html': { schema: { type: 'string' } } }

const documents: JsonObject = {
  [documentPaths.openApi]: document('get-openapi', 'This document', json({ type: 'object' })),
  [documentPaths.asyncApi]: document(
    'get-asyncapi',
    'The events to publish, as AsyncAPI 3.0',
    json({ type: 'object' })
  ),
  [documentPaths.home]: document('get-docs', 'The documentation as web pages', page),
  [documentPaths.http]: document('get-docs-of-http', 'This document as a web page', page),
  [documentPaths.events]: document('get-docs-of-events', 'The event types as a web page', page),
  [`${documentPaths.assets}/{name}`]: document(
    'get-docs-asset',
    'A file that the web pages load',
    { '*/*': { schema: {} } },
    asset
  )
}

/** Describe the routes that carry neither events nor rows. */
export const servicePaths: JsonObject = { ...health, ...metrics, ...documents }
