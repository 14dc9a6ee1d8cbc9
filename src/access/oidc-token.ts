import { constants, type KeyObject, verify } from 'node:crypto'
import { Failure } from '../failures.ts'
import { type JsonObject, parseObject } from './json-object.ts'
import type { SigningKeys } from './signing-keys.ts'

/** A JSON Web Token, read but not believed. */
export interface OidcToken {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** What the signature is over: the first two parts. */
  readonly signed: string
  /** The third part as it came. */
  readonly signature: string
}

/**
 * Parameters that ask for another key than Google's, or for another way to verify than ours.
 * Google's headers have `alg`, `kid` and `typ`.
 */
const refused = ['b64', 'crit', 'jku', 'jwk', 'x5c', 'x5u']

/**
 * Read a token of three parts. Pure; checks no signature.
 *
 * @throws {Failure} TOKEN_INVALID
 */
export function parseToken(token: string): OidcToken {
  const [first = '', second = '', signature = ''] = token.split('.')
  const header = readPart(first)
  const claims = readPart(second)
  if (!header || !claims) throw new Failure('TOKEN_INVALID', 'the token is not a JSON Web Token')
  return { header, claims, signed: `${first}.${second}`, signature }
}

function readPart(part: string): JsonObject | undefined {
  const bytes = fromBase64url(part)
  return bytes && parseObject(bytes.toString())
}

/** Buffer.from skips what is not base64url, so one token would have many spellings. */
function fromBase64url(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

/**
 * Check that a key of the issuer has signed this token with RS256, whatever else its header says.
 *
 * @throws {Failure} TOKEN_INVALID; ACCESS_UNAVAILABLE where there are no keys to check it with
 */
export async function verifySignature(token: OidcToken, keys: SigningKeys): Promise<void> {
  const { alg, kid, typ = 'JWT' } = token.header
  if (alg !== 'RS256' || typ !== 'JWT') {
    throw new Failure('TOKEN_INVALID', 'the token is not a JWT that is signed with RS256')
  }
  const asked = refused.filter((name) => Object.hasOwn(token.header, name))
  if (asked.length > 0) {
    throw new Failure('TOKEN_INVALID', `the header of the token has ${asked.join(', ')}`)
  }
  const key = typeof kid === 'string' ? await keys.find(kid) : undefined
  if (!key || !isSignedBy(token, key)) {
    throw new Failure('TOKEN_INVALID', 'the token is not signed with a key of its issuer')
  }
}

function isSignedBy({ signed, signature }: OidcToken, key: KeyObject): boolean {
  const bytes = fromBase64url(signature)
  const padding = constants.RSA_PKCS1_PADDING
  return bytes !== undefined && verify('sha256', Buffer.from(signed), { key, padding }, bytes)
}
