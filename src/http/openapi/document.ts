import type { Contracts } from '../../contracts/contracts.ts'
import type { JsonObject } from '../../values/json.ts'
import { type AccessModes, securitySchemes } from './access.ts'
import { deliveryBody, deliveryPaths, deliveryResponses } from './delivery-paths.ts'
import { deliverySchemas } from './event-schemas.ts'
import { problemExamples, problemHeaders, problemSchema } from './problem-responses.ts'
import {
  readHeaders,
  readPaths,
  readResponses,
  readTags,
  rowSchemas,
  sharedParameters
} from './read-paths.ts'
import { servicePaths } from './service-paths.ts'
import { verdictSchemas } from './verdict-schemas.ts'

export interface OpenApiOptions {
  readonly version: string
  readonly access: AccessModes
}

const info = {
  title: 'Landfall',
  description:
    'Events in, rows out. Every `GET` is also served as `HEAD`. INT64 and NUMERIC are JSON strings, ' +
    'because a double would round them; TIMESTAMP is RFC 3339 in UTC, BYTES base64. Every refusal ' +
    'is `application/problem+json` with a stable `code`.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
}

const events = { name: 'events', description: 'Deliver events.' }
const service = [
  { name: 'service', description: 'Health and metrics.' },
  { name: 'documents', description: 'Documentation of the service.' }
]

/**
 * Write the OpenAPI 3.1 document of the service (https://spec.openapis.org/oas/v3.1.1.html). Its
 * schemas are JSON Schema 2020-12, as in the contracts.
 */
export function openApiDocument(
  contracts: Contracts,
  { version, access }: OpenApiOptions
): JsonObject {
  return {
    openapi: '3.1.1',
    info: { ...info, version },
    servers: [{ url: '/', description: 'The service that serves this document.' }],
    tags: [events, ...readTags(contracts), ...service],
    paths: {
      ...deliveryPaths(access),
      ...readPaths(contracts, access),
      ...servicePaths
    },
    components: {
      schemas: {
        ...rowSchemas(contracts),
        Problem: problemSchema,
        ...verdictSchemas,
        ...deliverySchemas(contracts)
      },
      requestBodies: { delivery: deliveryBody(contracts) },
      responses: { ...deliveryResponses(access), ...readResponses(access) },
      examples: problemExamples,
      parameters: sharedParameters,
      headers: { ...readHeaders, ...problemHeaders },
      ...securitySchemes(access)
    }
  }
}
