import { Failure } from '../failures.ts'
import type { HeaderLines } from './push-auth.ts'

/**
 * Take the API key from `x-api-key: KEY` or `Authorization: Bearer KEY`. Pure.
 *
 * @throws {Failure} API_KEY_INVALID unless there is exactly one
 */
export function sentApiKey(headers: HeaderLines): string {
  const [key, second] = [
    ...(headers['x-api-key'] ?? []),
    ...(headers['authorization'] ?? []).map(bearer)
  ]
  if (second !== undefined) throw new Failure('API_KEY_INVALID', 'more than one credential is sent')
  if (key) return key
  const message = 'no API key is sent; send it as x-api-key or as Authorization: Bearer'
  throw new Failure('API_KEY_INVALID', message)
}

/** The name of the scheme has no case (https://www.rfc-editor.org/rfc/rfc9110#section-11.1). */
function bearer(authorization: string): string {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
}
