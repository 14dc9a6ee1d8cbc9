import { createHash, hash } from 'node:crypto'
import { identityOf } from './attributes.ts'
import type { Claims, CloudEvent, Delivery, Envelope, Identity } from './event.ts'
import { type Metadata, pubsubSource } from './message.ts'

/** Where an event came from: enough to name it, to log it and to write its dead letter. */
export interface Provenance extends Identity {
  /**
   * 32 hex digits, the same for every redelivery: the key of the event's own source and id, or else
   * of its message, or else of its bytes.
   */
  readonly key: string
  readonly envelope: Envelope
  /** Decodes to the same event again; of a batch, this element alone. */
  readonly delivery: Delivery
  readonly metadata: Metadata
}

/** What is known about an event while it is read. Readers fill it in; a refused event has only this. */
export interface Known {
  envelope: Envelope
  claims: Claims
  metadata: Metadata
}

/** Describe where an event came from; without the event, by what is known about it. */
export function provenanceOf(
  delivery: Delivery,
  { envelope, claims, metadata }: Known,
  event?: CloudEvent
): Provenance {
  const identity: Identity = event
    ? { source: event.source, eventId: event.id, type: event.type }
    : identityOf(claims)
  const { source, eventId } = identity
  const key = keyOf(source, eventId) ?? messageKey(metadata) ?? bodyKey(delivery)
  return { key, envelope, ...identity, delivery, metadata }
}

function messageKey({ subscription, messageId }: Metadata): string | undefined {
  return keyOf(subscription && `${pubsubSource}${subscription}`, messageId)
}

function keyOf(source?: string, id?: string): string | undefined {
  return source && id ? eventKey(source, id) : undefined
}

/**
 * Name an event: the first 128 bits of SHA-256 over its source and id, as 32 hex digits. Different
 * identities give different texts to hash, because neither part may have a line feed in it.
 */
export function eventKey(source: string, id: string): string {
  return hash('sha256', `${source}\n${id}`, 'hex').slice(0, 32)
}

/**
 * Name an event without an identity by its bytes: the body, and the headers with attributes, which
 * in binary mode are the event. 32 hex digits, the same for the same event sent again.
 */
export function bodyKey({ headers, body }: Delivery): string {
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce-'))
  const sum = createHash('sha256')
  if (attributes.length > 0) sum.update(`${JSON.stringify(attributes.sort())}\n`)
  return sum.update(body).digest('hex').slice(0, 32)
}
