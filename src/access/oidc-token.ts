import { createHash } from 'node:crypto'
import type { CryptoKey } from 'jose'
import { JOSEError } from 'jose/errors'
import { compactVerify } from 'jose/jws/compact/verify'
import { Failure } from '../failures.ts'
import { checkClaims, type Expected, readClaims, type TokenClaims } from './claims.ts'
import { createKeySet, type KeySet } from './key-set.ts'

interface TokenVerifierOptions {
  readonly expected: Expected
  /** The URL of the JSON Web Key Set that tokens are signed with. */
  readonly certsUrl: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Called when the keys cannot be fetched, also while the cached ones still work. */
  readonly onFailure: (failure: Failure) => void
}

const rememberedTokens = 1000

/**
 * Create the check of a token of three parts: signature, then claims. A token that passed is
 * remembered, and later only its claims are checked again, so that it is refused once it has expired.
 *
 * The check throws `Failure` TOKEN_INVALID, CALLER_FORBIDDEN, or ACCESS_UNAVAILABLE where there are
 * no keys to verify with; neither message nor cause quotes the token.
 */
export function createTokenVerifier(options: TokenVerifierOptions) {
  const { expected, certsUrl, now, onFailure } = options
  const keys = createKeySet({ url: certsUrl, now, onFailure })
  const verified = createVerifiedTokens(rememberedTokens)
  return async (token: string): Promise<void> => {
    const known = verified.claimsOf(token)
    if (known) return checkClaims(known, expected, now())
    const claims = readClaims(token)
    await verifySignature(token, keys)
    checkClaims(claims, expected, now())
    verified.remember(token, claims)
  }
}

/** Verify that a key of the issuer has signed this token with RS256, whatever else its header says. */
async function verifySignature(token: string, keys: KeySet): Promise<void> {
  checkSpelling(token.slice(token.lastIndexOf('.') + 1))
  try {
    await compactVerify(token, (header) => keyOf(header, keys), { algorithms: ['RS256'] })
  } catch (error) {
    // Without a cause: the errors of jose quote parts of the token.
    if (error instanceof JOSEError) throw untrusted()
    throw error
  }
}

const untrusted = () =>
  new Failure('TOKEN_INVALID', 'the token is not a JWT signed by its issuer with RS256')

/** jose ignores the last bits of base64url, so one token would have many spellings. */
function checkSpelling(signature: string): void {
  const bytes = Buffer.from(signature, 'base64url')
  if (bytes.toString('base64url') !== signature) throw untrusted()
}

/**
 * Header parameters that name another key than Google's, or another way to verify than ours.
 * Google's headers have `alg`, `kid` and `typ`.
 */
const refused = ['b64', 'crit', 'jku', 'jwk', 'x5c', 'x5u']

async function keyOf(header: TokenClaims, keys: KeySet): Promise<CryptoKey> {
  const { kid, typ = 'JWT' } = header
  const present = refused.filter((name) => Object.hasOwn(header, name))
  if (present.length > 0) {
    throw new Failure('TOKEN_INVALID', `the token header must not have ${present.join(', ')}`)
  }
  const key = typeof kid === 'string' && typ === 'JWT' ? await keys.find(kid) : undefined
  if (!key) throw untrusted()
  return key
}

interface VerifiedTokens {
  /** Return the claims of a token that was remembered. */
  claimsOf(token: string): TokenClaims | undefined
  remember(token: string, claims: TokenClaims): void
}

/**
 * Create a memory of verified tokens, because Pub/Sub sends the same token for up to an hour. Beyond
 * `capacity` it forgets the least recently used one. It keeps hashes, never a token, and has no
 * clock: the caller checks the claims each time.
 */
export function createVerifiedTokens(capacity: number): VerifiedTokens {
  // A Map keeps the order of insertion; what is used moves to the end.
  const claimsByHash = new Map<string, TokenClaims>()

  function put(hash: string, claims: TokenClaims): void {
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
