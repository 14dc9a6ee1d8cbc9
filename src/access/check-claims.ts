import { Failure } from '../failures.ts'
import type { JsonObject } from './json-object.ts'

/** What a token must say; undefined is not asked for. */
export interface Expected {
  readonly audience: string | undefined
  /** Whose pushes are let in. An empty list lets nobody in. */
  readonly serviceAccounts: readonly string[] | undefined
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
 * @throws {Failure} TOKEN_INVALID; CALLER_FORBIDDEN for a token that holds but is somebody else's
 */
export function checkClaims(claims: JsonObject, expected: Expected, nowMs: number): void {
  const { iss, aud, exp, iat, nbf } = claims
  const now = nowMs / 1000
  const rules: readonly (readonly [boolean, string])[] = [
    [issuers.includes(iss), 'the token is not issued by Google'],
    [expected.audience === undefined || aud === expected.audience, 'the audience is another one'],
    [typeof exp === 'number' && now < exp + leewaySeconds, 'the token has expired'],
    [hasCome(iat, now) && hasCome(nbf, now), 'the token is not valid yet']
  ]
  const [, fault] = rules.find(([holds]) => !holds) ?? []
  if (fault) throw new Failure('TOKEN_INVALID', fault)
  if (expected.serviceAccounts) checkPrincipal(claims, expected.serviceAccounts)
}

function hasCome(time: unknown, now: number): boolean {
  return time === undefined || (typeof time === 'number' && time <= now + leewaySeconds)
}

/** Any Google account can get a token with our audience: only the email says whose it is. */
function checkPrincipal(claims: JsonObject, serviceAccounts: readonly unknown[]): void {
  const { email, email_verified: verified } = claims
  if (verified !== true || !serviceAccounts.includes(email)) {
    throw new Failure('CALLER_FORBIDDEN', 'the token is not of a service account that may push')
  }
}
