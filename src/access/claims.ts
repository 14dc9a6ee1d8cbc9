import { decodeJwt } from 'jose/jwt/decode'
import { Failure } from '../failures.ts'

/** What a token says, whether or not it is true. */
export type TokenClaims = Readonly<Record<string, unknown>>

/** What a token must say; undefined is not checked. */
export interface Expected {
  readonly audience: string | undefined
  /** The accounts that may push. An empty list lets no caller in. */
  readonly serviceAccounts: readonly string[] | undefined
}

/**
 * Read the claims of a token. Pure; checks no signature.
 *
 * @throws {Failure} TOKEN_INVALID
 */
export function readClaims(token: string): TokenClaims {
  try {
    return decodeJwt(token)
  } catch {
    // The error and its cause quote the token.
    throw new Failure('TOKEN_INVALID', 'the token is not a JSON Web Token')
  }
}

/** https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken */
const issuers: readonly unknown[] = ['https://accounts.google.com', 'accounts.google.com']

/** How far our clock and Google's may be apart. */
const leewaySeconds = 60

/**
 * Check the claims of a Google ID token
 * (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions). Pure; `nowMs` counts from
 * the epoch. `aud` is one string, as in all of Google's tokens; a list is refused.
 *
 * @throws {Failure} TOKEN_INVALID; CALLER_FORBIDDEN for a valid token of another account
 */
export function checkClaims(claims: TokenClaims, expected: Expected, nowMs: number): void {
  const { iss, aud, exp, iat = 0, nbf = 0 } = claims
  const now = nowMs / 1000
  const rules: readonly (readonly [boolean, string])[] = [
    [issuers.includes(iss), 'the token was not issued by Google'],
    [
      expected.audience === undefined || aud === expected.audience,
      'the token is for another audience'
    ],
    [isTime(exp) && isTime(iat) && isTime(nbf), 'exp, iat and nbf of the token must be numbers'],
    [isTime(exp) && now < exp + leewaySeconds, 'the token has expired'],
    [hasCome(iat, now) && hasCome(nbf, now), 'the token is not valid yet']
  ]
  const [, fault] = rules.find(([passes]) => !passes) ?? []
  if (fault) throw new Failure('TOKEN_INVALID', fault)
  if (expected.serviceAccounts) checkPrincipal(claims, expected.serviceAccounts)
}

/** JSON can spell numbers that are read as infinite: with `"exp":1e400` a token would never expire. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function hasCome(time: unknown, now: number): boolean {
  return isTime(time) && time <= now + leewaySeconds
}

/** Any Google account can get a token for our audience; only the email says whose token it is. */
function checkPrincipal(claims: TokenClaims, serviceAccounts: readonly unknown[]): void {
  const { email, email_verified: verified } = claims
  if (verified !== true || !serviceAccounts.includes(email)) {
    throw new Failure('CALLER_FORBIDDEN', 'the token belongs to an account that may not push')
  }
}
