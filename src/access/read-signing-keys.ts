import { createPublicKey, type KeyObject } from 'node:crypto'
import { isObject, parseObject } from './json-object.ts'

/** Public keys by `kid`. */
export type KeysById = ReadonlyMap<string, KeyObject>

const minModulusBits = 2048
/** Smaller exponents allow forgeries, 1 most of all (https://doi.org/10.6028/NIST.FIPS.186-5, 5.1). */
const minExponent = 65_537n

/**
 * Read the RSA keys of a JSON Web Key Set (https://www.rfc-editor.org/rfc/rfc7517#section-5) that
 * can verify RS256. Pure. Keys that are weak, for another use, or share a `kid` are left out.
 */
export function readSigningKeys(text: string): KeysById {
  const keys: unknown = parseObject(text)?.['keys']
  const usable = Array.isArray(keys) ? keys.flatMap(usableKey) : []
  const byId = Map.groupBy(usable, ([kid]) => kid)
  return new Map([...byId.values()].flatMap((same) => (same.length === 1 ? same : [])))
}

function usableKey(jwk: unknown): [string, KeyObject][] {
  if (!isObject(jwk)) return []
  const { kid, kty, n, e, use = 'sig', alg = 'RS256' } = jwk
  if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256') return []
  if (typeof kid !== 'string' || typeof n !== 'string' || typeof e !== 'string') return []
  const key = importKey(n, e)
  return key ? [[kid, key]] : []
}

function importKey(n: string, e: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    return modulusLength >= minModulusBits && publicExponent >= minExponent ? key : undefined
  } catch {
    return undefined
  }
}
