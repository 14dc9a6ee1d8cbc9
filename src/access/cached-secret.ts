import { Failure } from '../failures.ts'
import type { Secret, SecretSource } from './secret-source.ts'

export interface CachedSecretOptions<T> {
  /** Closed with the cache, and when the first read fails. */
  readonly source: SecretSource
  /** Turn the bytes into the value, or throw `Failure` SECRET_INVALID. */
  readonly parse: (bytes: Buffer) => T
  readonly ttlMs: number
  /** Called with the version of the first value and of every other that replaces it. */
  readonly onChange: (version: string) => void
  /** Called with the error when a refresh failed; the last good value stays. */
  readonly onWarning: (error: unknown) => void
}

export interface CachedSecret<T> {
  /** Return the last good value: the same object until the secret changes. */
  current(): T
  status(): SecretStatus
  close(): Promise<void>
}

export interface SecretStatus {
  readonly version: string
  /** Milliseconds since the last successful read. */
  readonly ageMs: number
  /** Failed refreshes since the start. */
  readonly failures: number
}

/** Longer than the timeout of one call to Secret Manager; it also bounds files on a network. */
const readTimeoutMs = 5000

/**
 * Read a secret, then again before each TTL ends, so that a change takes effect within it. Only this
 * first read is awaited. There is one read at a time; after a failed one the next comes sooner.
 * Delays vary, so that instances that started together do not all read together.
 *
 * @throws {Failure} SECRET_INVALID when the first read fails
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

/** Give up after a timeout, but never start a second read while one hangs. */
function createReader(source: SecretSource): () => Promise<Secret> {
  let pending: Promise<Secret> | undefined
  return async () => {
    pending ??= source.read().finally(() => {
      pending = undefined
    })
    const late = Promise.withResolvers<never>()
    const message = `the secret could not be read within ${readTimeoutMs} ms`
    const timer = setTimeout(late.reject, readTimeoutMs, new Failure('SECRET_INVALID', message))
    return Promise.race([pending, late.promise]).finally(() => clearTimeout(timer))
  }
}
