import type { Letter } from '../store/plan.ts'
import { identityOf } from './attributes.ts'
import type { Delivery } from './event.ts'
import { bodyKey, eventKey } from './event-key.ts'
import { credentialHeaders, firstLine } from './headers.ts'
import { type Metadata, pubsubSource } from './message.ts'
import type { Reading } from './reading.ts'

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
