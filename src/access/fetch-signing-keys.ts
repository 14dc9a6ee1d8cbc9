import { type KeysById, readSigningKeys } from './read-signing-keys.ts'

export interface FetchedKeys {
  /** Absent when the keys are the ones of `etag`. */
  readonly keys?: KeysById
  readonly etag: string | undefined
  /** For how long the answer may be used; undefined when it does not say. */
  readonly maxAgeSeconds: number | undefined
}

/** Google's set has about 1 KiB. */
const maxBytes = 256 * 1024

/**
 * Fetch a JSON Web Key Set, or learn that it is still the one of `etag`.
 *
 * @throws {Error} when there is no usable key set to be had within `timeoutMs`
 */
export async function fetchSigningKeys(
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
  if (response.status !== 200) throw new Error(`the answer has the status ${response.status}`)
  const keys = readSigningKeys(text)
  if (keys.size === 0) throw new Error('the answer is not a key set with a usable key')
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
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
