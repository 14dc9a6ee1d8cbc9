import { Failure } from '../failures.ts'
import { type ApiKey, findApiKey, parseApiKeys } from './api-keys.ts'
import { openCachedSecret, type SecretStatus } from './cached-secret.ts'
import { openSecret } from './open-secret.ts'
import type { HeaderLines } from './push-auth.ts'
import { sentApiKey } from './sent-api-key.ts'
import { createTokenBucket } from './token-bucket.ts'

export interface ReadAuthOptions {
  readonly mode: 'cloud-run' | 'api-key' | 'none'
  /** A file or the name of a secret version; for `api-key`. */
  readonly secret: string | undefined
  /** `HOST:PORT` of what answers in place of Secret Manager. */
  readonly secretManagerHost: string | undefined
  readonly ttlMs: number
  readonly readsPerMinute: number
  /** Told which version of the secret is in use from now on. */
  readonly onChange: (version: string) => void
  /** Told why the secret could not be read again. */
  readonly onWarning: (error: unknown) => void
}

/** Who may read. */
export interface ReadAuth {
  /**
   * Let a read of a collection, by its name, go on. Never waits for the secret.
   *
   * @throws {Failure} API_KEY_INVALID, CALLER_FORBIDDEN, RATE_LIMITED
   */
  authorise(headers: HeaderLines, collection: string): Promise<void>
  /** How the secret is; undefined where there is none. */
  status(): SecretStatus | undefined
  close(): Promise<void>
}

/**
 * Open what readers are checked against. With `cloud-run` there is nothing left to check: Cloud Run
 * lets only those in who have `run.invoker`, before a request reaches the container
 * (https://cloud.google.com/run/docs/securing/managing-access).
 *
 * @throws {Failure} SECRET_INVALID when the API keys cannot be read
 */
export async function createReadAuth(options: ReadAuthOptions): Promise<ReadAuth> {
  if (options.mode !== 'api-key') return anybody
  const { secret: name, secretManagerHost, ttlMs, readsPerMinute } = options
  if (!name) throw new Failure('SECRET_INVALID', 'API_KEYS_SECRET does not say where the keys are')
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
    async authorise(headers, collection) {
      const key = findApiKey(keys.current(), sentApiKey(headers))
      checkKey(key, collection, Date.now())
      if (key.take(performance.now())) return
      const message = `the API key ${key.name} has ${readsPerMinute} reads a minute`
      throw new Failure('RATE_LIMITED', message)
    },
    status: keys.status,
    close: keys.close
  }
}

const anybody: ReadAuth = {
  async authorise() {},
  status: () => undefined,
  async close() {}
}

function checkKey<K extends ApiKey>(
  key: K | undefined,
  collection: string,
  now: number
): asserts key is K {
  if (!key) throw new Failure('API_KEY_INVALID', 'the API key is not known')
  // Not `>=`, which a time that is none would pass.
  if (!(now < key.expiresAt)) {
    throw new Failure('API_KEY_INVALID', `the API key ${key.name} has expired`)
  }
  if (key.collections?.has(collection) === false) {
    const message = `the API key ${key.name} may not read ${collection}`
    throw new Failure('CALLER_FORBIDDEN', message)
  }
}
