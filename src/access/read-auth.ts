import { Failure } from '../failures.ts'
import { type ApiKey, findApiKey, parseApiKeys } from './api-keys.ts'
import { openCachedSecret, type SecretStatus } from './cached-secret.ts'
import type { HeaderLines } from './push-auth.ts'
import { fileSecret, type SecretSource } from './secret-source.ts'

export interface ReadAuthOptions {
  readonly mode: 'cloud-run' | 'api-key' | 'none'
  /** A file or the name of a secret version; for `api-key`. */
  readonly secret: string | undefined
  /** `HOST:PORT` of a stand-in for Secret Manager. */
  readonly secretManagerHost: string | undefined
  readonly ttlMs: number
  readonly readsPerMinute: number
  /** Called with the version of the secret when its keys come into use. */
  readonly onChange: (version: string) => void
  /** Called with the reason when the secret could not be read again. */
  readonly onWarning: (error: unknown) => void
}

/** Who may read. */
export interface ReadAuth {
  /**
   * Allow a read of the collection with this name. Never waits for the secret.
   *
   * @throws {Failure} API_KEY_INVALID, CALLER_FORBIDDEN, RATE_LIMITED
   */
  authorize(headers: HeaderLines, collection: string): Promise<void>
  /** Return the state of the secret; undefined where there is none. */
  status(): SecretStatus | undefined
  close(): Promise<void>
}

/**
 * Open the check that every read passes: with `api-key`, read the secret and start to refresh it.
 * With `cloud-run` there is nothing left to check: Cloud Run admits only callers with `run.invoker`,
 * before a request reaches the container
 * (https://cloud.google.com/run/docs/securing/managing-access).
 *
 * @throws {Failure} SECRET_INVALID when the API keys cannot be read
 */
export async function openReadAuth(options: ReadAuthOptions): Promise<ReadAuth> {
  if (options.mode !== 'api-key') return anyReader
  const { secret: name, secretManagerHost, ttlMs, readsPerMinute } = options
  if (!name) throw new Failure('SECRET_INVALID', 'READ_AUTH=api-key needs API_KEYS_SECRET')
  const keys = await openCachedSecret({
    source: await openSecret(name, secretManagerHost),
    // A bucket lives as long as its key, and is full again when the secret changes.
    parse: (bytes) =>
      parseApiKeys(bytes).map((key) => ({ ...key, take: createTokenBucket(readsPerMinute) })),
    ttlMs,
    onChange: options.onChange,
    onWarning: options.onWarning
  })
  return {
    async authorize(headers, collection) {
      const key = findApiKey(keys.current(), sentApiKey(headers))
      checkKey(key, collection, Date.now())
      if (key.take(performance.now())) return
      const message = `the API key ${key.name} has used its ${readsPerMinute} reads per minute`
      throw new Failure('RATE_LIMITED', message)
    },
    status: keys.status,
    close: keys.close
  }
}

const anyReader: ReadAuth = {
  async authorize() {},
  status: () => undefined,
  async close() {}
}

function checkKey<K extends ApiKey>(
  key: K | undefined,
  collection: string,
  now: number
): asserts key is K {
  if (!key) throw new Failure('API_KEY_INVALID', 'the API key is unknown')
  // Not `>=`, which an invalid time would pass.
  if (!(now < key.expiresAt)) {
    throw new Failure('API_KEY_INVALID', `the API key ${key.name} has expired`)
  }
  if (key.collections?.has(collection) === false) {
    const message = `the API key ${key.name} may not read ${collection}`
    throw new Failure('CALLER_FORBIDDEN', message)
  }
}

/**
 * Take the API key from `x-api-key: KEY` or `Authorization: Bearer KEY`. Pure.
 *
 * @throws {Failure} API_KEY_INVALID unless there is exactly one
 */
function sentApiKey(headers: HeaderLines): string {
  const [key, second] = [
    ...(headers['x-api-key'] ?? []),
    ...(headers['authorization'] ?? []).map(bearer)
  ]
  if (second !== undefined) {
    throw new Failure('API_KEY_INVALID', 'the request has more than one credential')
  }
  if (key) return key
  const message = 'the request has no API key; send it as x-api-key or as Authorization: Bearer'
  throw new Failure('API_KEY_INVALID', message)
}

/** The scheme is case-insensitive (https://www.rfc-editor.org/rfc/rfc9110#section-11.1). */
function bearer(authorization: string): string {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
}

/**
 * Create a bucket with a minute's tokens, which refills at the same rate. The function that is
 * returned takes one token at a time in monotonic milliseconds; false when none is left.
 */
export function createTokenBucket(perMinute: number): (nowMs: number) => boolean {
  let tokens = perMinute
  let filledAt = Number.NEGATIVE_INFINITY
  return (nowMs) => {
    tokens = Math.min(perMinute, tokens + ((nowMs - filledAt) * perMinute) / 60_000)
    filledAt = nowMs
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}

/**
 * Open a secret by its name: `projects/…` is in Secret Manager, anything else is the path of a
 * file. Nothing is read yet.
 *
 * @param standIn `HOST:PORT` of a stand-in for Secret Manager
 * @throws {Failure} SECRET_INVALID when it begins like the name of a version but is not one
 */
async function openSecret(name: string, standIn?: string): Promise<SecretSource> {
  if (!name.startsWith('projects/')) return fileSecret(name)
  const { openSecretManagerSecret } = await import('./secret-manager-secret.ts')
  return openSecretManagerSecret(name, standIn)
}
