import type { PushAuthOptions } from '../../access/push-auth.ts'
import type { ReadAuthOptions } from '../../access/read-auth.ts'
import type { FailureCode } from '../../failures.ts'
import type { JsonObject } from '../../values/json.ts'

/** How callers authenticate: the settings PUSH_AUTH and READ_AUTH. */
export interface AccessModes {
  readonly push: PushAuthOptions['mode']
  readonly read: ReadAuthOptions['mode']
}

/** How an operation authenticates its caller, and the codes with which it refuses one. */
export interface Access {
  readonly security: readonly JsonObject[]
  readonly refusals: readonly FailureCode[]
}

const open: Access = { security: [], refusals: [] }

const byGoogle: Access = { security: [{ googleIdToken: [] }], refusals: [] }

const push: Readonly<Record<AccessModes['push'], Access>> = {
  none: open,
  'cloud-run': { ...byGoogle, refusals: ['TOKEN_INVALID', 'CALLER_FORBIDDEN'] },
  oidc: {
    ...byGoogle,
    refusals: ['TOKEN_INVALID', 'CALLER_FORBIDDEN', 'ACCESS_UNAVAILABLE']
  }
}

const read: Readonly<Record<AccessModes['read'], Access>> = {
  none: open,
  'cloud-run': byGoogle,
  'api-key': {
    security: [{ apiKey: [] }, { apiKeyAsBearer: [] }],
    refusals: ['API_KEY_INVALID', 'CALLER_FORBIDDEN', 'RATE_LIMITED']
  }
}

/** Return how a sender authenticates. */
export const pushAccess = (modes: AccessModes): Access => push[modes.push]

/** Return how a reader authenticates. */
export const readAccess = (modes: AccessModes): Access => read[modes.read]

const schemes: Readonly<Record<string, JsonObject>> = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'A key created by `landfall api-key create`.'
  },
  apiKeyAsBearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The same key as a bearer token.'
  },
  googleIdToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A Google ID token for a service account that may call the service.'
  }
}

/** Describe the security schemes that are in use, as a member of the components. */
export function securitySchemes(modes: AccessModes): JsonObject {
  const used = [...push[modes.push].security, ...read[modes.read].security].flatMap(Object.keys)
  if (used.length === 0) return {}
  const securitySchemes = Object.entries(schemes).filter(([name]) => used.includes(name))
  return { securitySchemes: Object.fromEntries(securitySchemes) }
}
