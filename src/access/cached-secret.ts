import { Failure } from '../failures.ts'
import type { Secret, SecretSource } from './secret-source.ts'

export interface CachedSecretOptions<T> {
  /** Closed with the cache, and when the first reading fails. */
  readonly source: SecretSource
  /** Make the value of the bytes, or throw `Failure` SECRET_INVALID. */
  readonly parse: (bytes: Buffer) => T
  readonly ttlMs: number
  /** Told the version when the first value is there, and whenever another takes its place. */
  readonly onChange: (version: string) => void
  /** Told why a refresh failed; the last good value stays. */
  readonly onWarning: (error: unknown) => void
}

export interface CachedSecret<T> {
  /** The last good value, at once. The same object until the secret changes. */
  current(): T
  status(): SecretStatus
  close(): Promise<void>
}

export interface SecretStatus {
  readonly version: string
  /** Milliseconds since a reading last succeeded. */
  readonly ageMs: number
  /** Refreshes that failed since the start. */
  readonly failures: number
}

/** Longer than one call to Secret Manager may take, and a bound for files on a network. */
const readTimeoutMs = 5000

/**
 * Read a secret, then again before each TTL ends, so that what was changed counts within it. Only
 * this first reading is waited for. There is one reading at a time; after a failed one the next
 * comes sooner. Delays are spread, so that instances that started together do not ask together.
 *
 * @throws {Failure} SECRET_INVALID when the first reading fails
 */
export async function openCachedSecret<T>(
  options: CachedSecretOptions<T>
): Promise<CachedSecret<T>> {
  const { source, ttlMs, onWarning } = options
  const read = createReader(source)
  let good = await readGood(read, options).catch(async (error: unknown): Promise<never> => {
    await source.close()
    throw error
  })
  let failures = 0
  let timer = schedule(ttlMs)
  let closed = false

  function schedule(periodMs: number): NodeJS.Timeout {
    return setTimeout(refresh, periodMs * (0.7 + Math.random() * 0.2)).unref()
  }

  async function refresh(): Promise<void> {
    const before = failures
    try {
      good = await readGood(read, options, good)
    } catch (error) {
      if (closed) return
      failures += 1
      onWarning(error)
    }
    if (!closed) timer = schedule(failures === before ? ttlMs : ttlMs / 5)
  }

  return {
    current: () => good.value,
    status: () => ({ version: good.version, ageMs: performance.now() - good.at, failures }),
    async close() {
      closed = true
      clearTimeout(timer)
      await source.close()
    }
  }
}

interface Good<T> extends Secret {
  readonly value: T
  /** Monotonic milliseconds. */
  readonly at: number
}

async function readGood<T>(
  read: () => Promise<Secret>,
  { parse, onChange }: CachedSecretOptions<T>,
  before?: Good<T>
): Promise<Good<T>> {
  const { bytes, version } = await read()
  const at = performance.now()
  if (before?.bytes.equals(bytes)) return { ...before, version, at }
  const value = parse(bytes)
  onChange(version)
  return { bytes, version, value, at }
}

/** Give up waiting after a while, but never start a second reading beside one that hangs. */
function createReader(source: SecretSource): () => Promise<Secret> {
  let reading: Promise<Secret> | undefined
  return async () => {
    reading ??= source.read().finally(() => {
      reading = undefined
    })
    const late = Promise.withResolvers<never>()
    const message = `the secret could not be read within ${readTimeoutMs} ms`
    const timer = setTimeout(late.reject, readTimeoutMs, new Failure('SECRET_INVALID', message))
    return Promise.race([reading, late.promise]).finally(() => clearTimeout(timer))
  }
}
