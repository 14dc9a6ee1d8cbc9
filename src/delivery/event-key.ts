import { hash } from 'node:crypto'

/**
 * Name an event: the first 128 bits of SHA-256 over its source and id, as 32 hex digits. Different
 * identities give different texts to hash, because neither part may hold a line feed.
 */
export function eventKey(source: string, id: string): string {
  return hash('sha256', `${source}\n${id}`, 'hex').slice(0, 32)
}

/** Name an event that has no identity by its bytes: 32 hex digits, the same for the same bytes. */
export function bodyKey(body: Buffer): string {
  return hash('sha256', body, 'hex').slice(0, 32)
}
