import { createHash, hash } from 'node:crypto'
import type { Delivery } from './event.ts'

/**
 * Name an event: the first 128 bits of SHA-256 over its source and id, as 32 hex digits. Different
 * identities give different texts to hash, because neither part may hold a line feed.
 */
export function eventKey(source: string, id: string): string {
  return hash('sha256', `${source}\n${id}`, 'hex').slice(0, 32)
}

/**
 * Name an event that has no identity by its bytes: the body, and the headers that hold attributes,
 * which in binary mode are the event. 32 hex digits, the same for the same event sent again.
 */
export function bodyKey({ headers, body }: Delivery): string {
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce-'))
  const sum = createHash('sha256')
  if (attributes.length > 0) sum.update(`${JSON.stringify(attributes.sort())}\n`)
  return sum.update(body).digest('hex').slice(0, 32)
}
