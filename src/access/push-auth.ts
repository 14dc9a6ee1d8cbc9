import { Failure } from '../failures.ts'
import { bearerToken } from './bearer-token.ts'
import { checkClaims } from './check-claims.ts'
import type { HeaderLines } from './header-lines.ts'
import { parseToken, verifySignature } from './oidc-token.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

export interface PushAuth {
  /**
   * Let a push in by its header lines, whose names are lower-case.
   *
   * @throws {Failure} TOKEN_INVALID, CALLER_FORBIDDEN, or ACCESS_UNAVAILABLE when nobody can be
   *   checked; neither message nor cause has the token or its claims
   */
  authenticate(headers: HeaderLines): Promise<void>
}

export interface PushAuthOptions {
  readonly mode: 'cloud-run' | 'oidc' | 'none'
  readonly audience: string | undefined
  readonly serviceAccounts: readonly string[]
  /** Of the JSON Web Key Set that tokens are signed with. */
  readonly certsUrl: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told when the keys cannot be fetched, also while those at hand go on working. */
  readonly onFailure: (failure: Failure) => void
}

/** What Cloud Run puts in the place of a signature that it has checked. */
const removedSignature = 'SIGNATURE_REMOVED_BY_GOOGLE'
const rememberedTokens = 1000

/**
 * Make the check that every push passes before its body is read.
 *
 * @throws {Failure} CONFIG_INVALID: `oidc` without an audience or a service account
 */
export function createPushAuth(options: PushAuthOptions): PushAuth {
  if (options.mode === 'cloud-run') return createCloudRunAuth(options)
  if (options.mode === 'oidc') return createOidcAuth(options)
  return { authenticate: async () => undefined }
}

/** Check tokens ourselves: signature, issuer, audience, times and principal. */
function createOidcAuth(options: PushAuthOptions): PushAuth {
  const { audience, serviceAccounts, certsUrl, now, onFailure } = options
  if (audience === undefined || serviceAccounts.length === 0) {
    throw new Failure('CONFIG_INVALID', 'oidc needs an audience and service accounts')
  }
  const keys = createSigningKeys({ url: certsUrl, now, onFailure })
  const verified = createVerifiedTokens(rememberedTokens)
  return {
    async authenticate({ authorization }) {
      const token = bearerToken(authorization)
      const known = verified.claimsOf(token)
      if (known) return checkClaims(known, { audience, serviceAccounts }, now())
      const parsed = parseToken(token)
      await verifySignature(parsed, keys)
      checkClaims(parsed.claims, { audience, serviceAccounts }, now())
      verified.remember(token, parsed.claims)
    }
  }
}

/**
 * Rely on Cloud Run's IAM, which has checked the caller, and has removed the signature so that
 * nobody can use the token elsewhere
 * (https://cloud.google.com/run/docs/authenticating/service-to-service).
 *
 * This is safe on a service that requires authentication, and on no other: where everybody may
 * invoke the service nobody has checked anything, and a sender can write the placeholder of the
 * signature himself. The container cannot see which of the two it runs in: request and environment
 * are the same. The claims are checked in addition, for a service that others may invoke as well.
 */
function createCloudRunAuth({ audience, serviceAccounts, now }: PushAuthOptions): PushAuth {
  const expected = {
    audience,
    serviceAccounts: serviceAccounts.length > 0 ? serviceAccounts : undefined
  }
  return {
    async authenticate(headers) {
      // Of the two, Cloud Run checks this one and passes Authorization on as it came.
      const lines = headers['x-serverless-authorization'] ?? headers['authorization']
      const { claims, signature } = parseToken(bearerToken(lines))
      if (signature !== removedSignature) {
        throw new Failure('TOKEN_INVALID', 'the token has not passed through the IAM of Cloud Run')
      }
      checkClaims(claims, expected, now())
    }
  }
}
