import { createHash, hash } from 'node:crypto'
import type { Letter } from '../plan.ts'
import { identityOf } from './attributes.ts'
import type { Delivery, Reading } from './event.ts'
import { credentialHeaders, firstLine } from './headers.ts'
import { type Metadata, pubsubSource } from './message.ts'

/**
 * Keep one event as it arrived. Headers and body together are a delivery that decodes to the same
 * event again. The id is the same for every redelivery: the event's own identity where it is known,
 * or the identity of its message, or the body.
 */
export function letterOf(
  { headers, body }: Delivery,
  { claims, content }: Reading,
  { subscription, messageId, deliveryAttempt }: Metadata
): Letter {
  const { source, eventId, type } = identityOf('event' in content ? content.event : claims)
  const contentType = firstLine(headers, 'content-type')
  return {
    id: keyOf(source, eventId) ?? messageKey(subscription, messageId) ?? bodyKey({ headers, body }),
    ...(source !== undefined && { source }),
    ...(eventId !== undefined && { eventId }),
    ...(type !== undefined && { type }),
    ...(contentType !== undefined && { contentType }),
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => !credentialHeaders.has(name))
    ),
    body,
    ...(subscription !== undefined && { subscription }),
    ...(messageId !== undefined && { messageId }),
    ...(deliveryAttempt !== undefined && { deliveryAttempt })
  }
}

function messageKey(subscription?: string, messageId?: string): string | undefined {
  return keyOf(subscription && `${pubsubSource}${subscription}`, messageId)
}

function keyOf(source?: string, id?: string): string | undefined {
  return source && id ? eventKey(source, id) : undefined
}

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
