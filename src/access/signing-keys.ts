import type { KeyObject } from 'node:crypto'
import { Failure } from '../failures.ts'
import { fetchSigningKeys } from './fetch-signing-keys.ts'
import type { KeysById } from './read-signing-keys.ts'

export interface SigningKeys {
  /**
   * Find the key of this `kid`; undefined when the issuer has none.
   *
   * @throws {Failure} ACCESS_UNAVAILABLE: there are no keys, or they are too old to be trusted
   */
  find(kid: string): Promise<KeyObject | undefined>
}

export interface SigningKeysOptions {
  /** Of a JSON Web Key Set. */
  readonly url: string
  /** Milliseconds; a clock that is set back or forth costs a fetch at most. */
  readonly now: () => number
  /** Told of every fetch that failed, also when the keys at hand go on working. */
  readonly onFailure: (failure: Failure) => void
  readonly timeoutMs?: number
}

interface HeldKeys {
  readonly keys: KeysById
  readonly etag: string | undefined
  readonly fetchedAt: number
  readonly freshForMs: number
}

const second = 1000
const minute = 60 * second
/** For how long keys that cannot be refreshed go on working. */
const graceMs = 60 * minute
const defaultMaxAgeSeconds = 300
const maxMaxAgeSeconds = 24 * 60 * 60

/**
 * Keep the keys of an issuer. All callers share one fetch; keys past their max-age are refreshed in
 * the background, at most once a second; unknown ids cause at most one fetch a minute, because
 * anybody can invent them.
 */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { url, now, onFailure, timeoutMs = 3 * second } = options
  let held: HeldKeys | undefined
  let pending: Promise<void> | undefined
  let failedAt = -Infinity
  let soughtAt = -Infinity
  // A clock that was set back must not make anything wait.
  const hasPassed = (since: number, ms: number) => Math.abs(now() - since) >= ms

  async function fetchKeys(): Promise<void> {
    try {
      const fetched = await fetchSigningKeys(url, held?.etag, timeoutMs)
      held = hold(fetched.keys ?? held?.keys ?? new Map(), fetched, now())
    } catch (cause) {
      failedAt = now()
      const message = 'the keys that push tokens are signed with cannot be fetched'
      const failure = new Failure('ACCESS_UNAVAILABLE', message, { cause })
      onFailure(failure)
      throw failure
    }
  }

  function refresh(): Promise<void> {
    pending ??= fetchKeys().finally(() => {
      pending = undefined
    })
    return pending
  }

  async function keepFresh(): Promise<void> {
    if (!held || hasPassed(held.fetchedAt, held.freshForMs + graceMs)) return refresh()
    const due = hasPassed(held.fetchedAt, held.freshForMs) && hasPassed(failedAt, second)
    if (due) refresh().catch(() => undefined)
  }

  return {
    async find(kid) {
      await keepFresh()
      const key = held?.keys.get(kid)
      if (key) return key
      if (!pending && !hasPassed(soughtAt, minute)) return undefined
      if (!pending) soughtAt = now()
      await refresh().catch(() => undefined)
      return held?.keys.get(kid)
    }
  }
}

type Freshness = { readonly etag: string | undefined; readonly maxAgeSeconds: number | undefined }

function hold(keys: KeysById, { etag, maxAgeSeconds }: Freshness, fetchedAt: number): HeldKeys {
  const maxAge = Math.min(maxAgeSeconds ?? defaultMaxAgeSeconds, maxMaxAgeSeconds)
  return { keys, etag, fetchedAt, freshForMs: Math.max(1, maxAge) * second }
}
