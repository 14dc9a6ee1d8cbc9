import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export const audience = 'https://ingest.example.com'
export const email = 'push@project.iam.gserviceaccount.com'

type Sign = (signed: string) => Buffer

export type Claims = Readonly<Record<string, unknown>>

/** The claims of a Pub/Sub token that is a minute old at `nowMs`, with these differences. */
export function claims(differences: Claims = {}, nowMs = Date.now()): Claims {
  const now = Math.floor(nowMs / 1000)
  const times = { iat: now - 60, exp: now + 3540 }
  const principal = { email, email_verified: true, sub: '1' }
  return {
    iss: 'https://accounts.google.com',
    aud: audience,
    ...principal,
    ...times,
    ...differences
  }
}

/** The text of claims with a number that JSON allows and JavaScript reads as infinite. */
export function infiniteClaim(name: string, number: '1e400' | '-1e400'): string {
  return JSON.stringify(claims({ [name]: 'infinite' })).replace('"infinite"', number)
}

/** One part of a token. */
export const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A token with this header and any signature. */
export function forge(header: Claims, signature: Sign, body: unknown = claims()) {
  const signed = `${encode({ typ: 'JWT', kid: 'google', ...header })}.${encode(body)}`
  return `${signed}.${signature(signed).toString('base64url')}`
}

export const rs256 =
  ({ privateKey }: { readonly privateKey: KeyObject }) =>
  (signed: string) =>
    sign('sha256', Buffer.from(signed), privateKey)

/** A key of the issuer: its public half, and tokens signed with it. */
export function createIssuerKey(kid: string) {
  const pair = rsa(2048)
  const sign256 = rs256(pair)
  return {
    jwk: { ...publicJwk(pair), kid, use: 'sig', alg: 'RS256' },
    sign: (body: unknown, header: Claims = {}) =>
      forge({ alg: 'RS256', kid, ...header }, sign256, body),
    signText: sign256
  }
}

export function rsa(modulusLength: number) {
  return generateKeyPairSync('rsa', { modulusLength })
}
export function publicJwk({ publicKey }: { readonly publicKey: KeyObject }) {
  return publicKey.export({ format: 'jwk' })
}

export function pss(key: KeyObject) {
  return (signed: string) =>
    sign('sha256', Buffer.from(signed), {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32
    })
}
