import { createHash } from 'node:crypto'
import type { JsonObject } from './json-object.ts'

export interface VerifiedTokens {
  /** The claims of a token whose signature held; nothing for any other. */
  claimsOf(token: string): JsonObject | undefined
  remember(token: string, claims: JsonObject): void
}

/**
 * Remember tokens whose signature was verified: Pub/Sub sends one token for up to an hour. Forgets
 * the one used longest ago beyond `capacity`, and holds hashes, never a token. It knows no clock:
 * whether the claims still hold is asked again each time.
 */
export function createVerifiedTokens(capacity: number): VerifiedTokens {
  // A Map keeps the order of insertion; what is used moves to the end.
  const claimsByHash = new Map<string, JsonObject>()

  function put(hash: string, claims: JsonObject): void {
    claimsByHash.delete(hash)
    claimsByHash.set(hash, claims)
    const [oldest] = claimsByHash.keys()
    if (claimsByHash.size > capacity && oldest !== undefined) claimsByHash.delete(oldest)
  }

  return {
    claimsOf(token) {
      const hash = hashOf(token)
      const claims = claimsByHash.get(hash)
      if (claims) put(hash, claims)
      return claims
    },
    remember: (token, claims) => put(hashOf(token), claims)
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
