import { KeyObject } from 'node:crypto'
import type { CryptoKey } from 'jose'
import { importJWK } from 'jose/key/import'
import { Failure } from '../failures.ts'
import { isObject } from '../values/json.ts'

/** The public keys of an issuer, cached. */
export interface KeySet {
  /**
   * Find the key with this `kid`; undefined when the issuer has none.
   *
   * @throws {Failure} ACCESS_UNAVAILABLE: there are no keys, or they are too old to be trusted
   */
  find(kid: string): Promise<CryptoKey | undefined>
}

interface KeySetOptions {
  /** The URL of a JSON Web Key Set. */
  readonly url: string
  /** Milliseconds; setting the clock forward or back costs at most one fetch. */
  readonly now: () => number
  /** Called for every fetch that failed, also while the cached keys still work. */
  readonly onFailure: (failure: Failure) => void
  readonly timeoutMs?: number
}

type KeysById = ReadonlyMap<string, CryptoKey>

interface CachedKeys {
  readonly keys: KeysById
  readonly etag: string | undefined
  readonly fetchedAt: number
  readonly freshForMs: number
}

const second = 1000
const minute = 60 * second
/** How long cached keys still work after their max-age when they cannot be refreshed. */
const graceMs = 60 * minute
const defaultMaxAgeSeconds = 300
const maxMaxAgeSeconds = 24 * 60 * 60

/**
 * Create a cache of an issuer's keys. Concurrent callers share one fetch. Keys past their max-age
 * are refreshed in the background, at most once a second. Unknown ids cause at most one fetch a
 * minute, because any sender can invent them. `createRemoteJWKSet` of jose has neither the grace nor
 * conditional requests.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const { url, now, onFailure, timeoutMs = 3 * second } = options
  let cached: CachedKeys | undefined
  let pending: Promise<void> | undefined
  let failedAt = -Infinity
  let soughtAt = -Infinity
  // A clock that was set back must not make callers wait.
  const hasPassed = (since: number, ms: number) => Math.abs(now() - since) >= ms

  async function fetchAndCache(): Promise<void> {
    try {
      const fetched = await fetchKeys(url, cached?.etag, timeoutMs)
      cached = toCachedKeys(fetched, cached?.keys, now())
    } catch (cause) {
      failedAt = now()
      const message = 'the push-token signing keys cannot be fetched'
      const failure = new Failure('ACCESS_UNAVAILABLE', message, { cause })
      onFailure(failure)
      throw failure
    }
  }

  function refresh(): Promise<void> {
    pending ??= fetchAndCache().finally(() => {
      pending = undefined
    })
    return pending
  }

  async function keepFresh(): Promise<void> {
    if (!cached || hasPassed(cached.fetchedAt, cached.freshForMs + graceMs)) return refresh()
    const due = hasPassed(cached.fetchedAt, cached.freshForMs) && hasPassed(failedAt, second)
    if (due) refresh().catch(() => undefined)
  }

  return {
    async find(kid) {
      await keepFresh()
      const key = cached?.keys.get(kid)
      if (key) return key
      if (!pending && !hasPassed(soughtAt, minute)) return undefined
      if (!pending) soughtAt = now()
      await refresh().catch(() => undefined)
      return cached?.keys.get(kid)
    }
  }
}

function toCachedKeys(
  { keys, etag, maxAgeSeconds = defaultMaxAgeSeconds }: FetchedKeys,
  previous: KeysById = new Map(),
  fetchedAt: number
): CachedKeys {
  const freshSeconds = Math.max(1, Math.min(maxAgeSeconds, maxMaxAgeSeconds))
  return { keys: keys ?? previous, etag, fetchedAt, freshForMs: freshSeconds * second }
}

interface FetchedKeys {
  /** Undefined when the keys are still those of the ETag that was sent. */
  readonly keys?: KeysById
  readonly etag: string | undefined
  /** How long the response may be used; undefined when it does not say. */
  readonly maxAgeSeconds: number | undefined
}

/** Google's set has about 1 KiB. */
const maxBytes = 256 * 1024

async function fetchKeys(
  url: string,
  etag: string | undefined,
  timeoutMs: number
): Promise<FetchedKeys> {
  const response = await fetch(url, {
    headers: etag === undefined ? {} : { 'if-none-match': etag },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs)
  })
  const maxAgeSeconds = maxAgeOf(response.headers.get('cache-control') ?? '')
  const text = await readText(response)
  if (response.status === 304 && etag !== undefined) return { etag, maxAgeSeconds }
  if (response.status !== 200) throw new Error(`the response has status ${response.status}`)
  const keys = await readKeys(text)
  if (keys.size === 0) throw new Error('the response is not a key set with a usable key')
  return { keys, etag: response.headers.get('etag') ?? undefined, maxAgeSeconds }
}

function maxAgeOf(cacheControl: string): number | undefined {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error(`the response is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const minModulusBits = 2048
/** Smaller exponents allow forgeries, 1 above all (https://doi.org/10.6028/NIST.FIPS.186-5, 5.1). */
const minExponent = 65_537n

/**
 * Read the keys of a JSON Web Key Set (https://www.rfc-editor.org/rfc/rfc7517#section-5) that can
 * verify RS256. Keys that are weak, for another use, or share a `kid` are left out.
 */
async function readKeys(text: string): Promise<KeysById> {
  const set = parseJson(text)
  const keys = isObject(set) && Array.isArray(set['keys']) ? set['keys'] : []
  const usable = (await Promise.all(keys.map(readUsableKey))).flat()
  const byId = Map.groupBy(usable, ([kid]) => kid)
  return new Map([...byId.values()].flatMap((same) => (same.length === 1 ? same : [])))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own error would quote the response.
    return undefined
  }
}

async function readUsableKey(jwk: unknown): Promise<[string, CryptoKey][]> {
  if (!isObject(jwk)) return []
  const { kid, kty, n, e, use = 'sig', alg = 'RS256', key_ops: operations = ['verify'] } = jwk
  if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256') return []
  if (!Array.isArray(operations) || !operations.includes('verify')) return []
  if (typeof kid !== 'string' || typeof n !== 'string' || typeof e !== 'string') return []
  const key = await importJWK({ kty, n, e }, alg).catch(() => undefined)
  return key && isStrong(key) ? [[kid, key]] : []
}

function isStrong(key: CryptoKey): boolean {
  const { modulusLength = 0, publicExponent = 0n } = KeyObject.from(key).asymmetricKeyDetails ?? {}
  return modulusLength >= minModulusBits && publicExponent >= minExponent
}
