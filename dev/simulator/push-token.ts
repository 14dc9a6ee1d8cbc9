import type { TokenIssuer } from '../local/token-issuer.ts'

/** Half of a token's life. */
const renewAfterMs = 30 * 60 * 1000

/** The service account of a push subscription, and the audience of its tokens. */
export interface Identity {
  readonly audience: string
  readonly serviceAccount: string
}

/**
 * Make the header that authenticates pushes. One token serves many of them, as in Pub/Sub
 * (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions).
 *
 * @param now milliseconds that never go back
 */
export function createAuthorization(
  issuer: Pick<TokenIssuer, 'token'>,
  { audience, serviceAccount }: Identity,
  now: () => number
): () => { readonly authorization: string } {
  const claims = {
    aud: audience,
    email: serviceAccount,
    sub: 'landfall-send',
    azp: 'landfall-send'
  }
  const sign = () => ({ at: now(), authorization: `Bearer ${issuer.token(claims)}` })
  let signed = sign()
  return () => {
    if (now() - signed.at >= renewAfterMs) signed = sign()
    return { authorization: signed.authorization }
  }
}
