import type { Delivery } from './event.ts'

export type Headers = Delivery['headers']

/** The first line of a header, trimmed; undefined when it is absent or empty. */
export function firstLine(headers: Headers, name: string): string | undefined {
  return headers[name]?.[0]?.trim() || undefined
}

/**
 * The content type that the sender declared. `application/x-www-form-urlencoded` does not count:
 * Java's HTTP client adds it when the Pub/Sub emulator pushes a message without a content type.
 */
export function declaredType(headers: Headers): string | undefined {
  const type = firstLine(headers, 'content-type')
  return type && essenceOf(type) !== 'application/x-www-form-urlencoded' ? type : undefined
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const pattern = new RegExp(`^(${token})/(${token})[ \\t]*(;.*)?$`)

/** The type and subtype, in lower case, without parameters: `application/json`. */
function essenceOf(text: string): string {
  return (text.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** Report whether text is a media type of RFC 2046; its parameters are not checked. */
export function isMediaType(text: string): boolean {
  return pattern.test(text)
}

/** Report whether a type is JSON as the CloudEvents JSON format defines it: `json` or `+json`. */
export function isJsonType(text: string): boolean {
  return /^[^/]+\/(?:.+\+)?json$/.test(essenceOf(text))
}

/** Report whether a type is text in UTF-8 or a subset of it, which is also the default. */
export function isTextType(text: string): boolean {
  if (!essenceOf(text).startsWith('text/')) return false
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(text)?.[1]?.toLowerCase()
  return charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset)
}

/**
 * Return how a content type marks CloudEvents: one event or many as JSON, or a format other than JSON.
 * Undefined for any other type.
 */
export function cloudEventsMode(
  text: string | undefined
): 'structured' | 'batch' | 'unsupported' | undefined {
  const essence = essenceOf(text ?? '')
  if (!essence.startsWith('application/cloudevents')) return undefined
  const rest = essence.slice('application/cloudevents'.length)
  if (rest === '' || rest === '+json') return 'structured'
  return rest === '-batch' || rest === '-batch+json' ? 'batch' : 'unsupported'
}
