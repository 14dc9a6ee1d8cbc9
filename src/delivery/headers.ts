import type { Delivery } from './event.ts'
import { essenceOf } from './media-type.ts'

export type Headers = Delivery['headers']

/** Headers that prove who calls. They are never stored and never become part of an event. */
export const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-goog-iap-jwt-assertion',
  'x-serverless-authorization'
])

/** The first line of a header, trimmed; undefined when it is absent or empty. */
export function firstLine(headers: Headers, name: string): string | undefined {
  return headers[name]?.[0]?.trim() || undefined
}

/**
 * The content type that the sender declared. `application/x-www-form-urlencoded` is not one: it is
 * what Java's HTTP client adds when the Pub/Sub emulator pushes a message without any.
 */
export function declaredType(headers: Headers): string | undefined {
  const type = firstLine(headers, 'content-type')
  return type && essenceOf(type) !== 'application/x-www-form-urlencoded' ? type : undefined
}
