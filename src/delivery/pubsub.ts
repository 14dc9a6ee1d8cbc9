import { Failure } from '../failures.ts'
import type { Json } from '../values/json.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { eventOf, hasEventAttributes } from './binary.ts'
import { type CloudEvent, type Content, type Reading, refusal, settle } from './event.ts'
import { cloudEventsMode } from './headers.ts'
import { type Message, type Metadata, pubsubSource, readMessage, readMetadata } from './message.ts'
import { readStructured } from './structured.ts'

/** The type that Eventarc gives to plain messages, and so do we. */
export const messagePublished = 'google.cloud.pubsub.topic.v1.messagePublished'

/** A delivery of one Pub/Sub message. */
export interface Push {
  readonly metadata: Metadata
  readonly reading: Reading
}

/** Read a push body: the CloudEvent inside its message, or the message as an event of its own. */
export function readPush(push: JsonObject): Push {
  return open(push, (message, metadata) => ({
    claims: {},
    content: settle(() => plainEvent(message, metadata))
  }))
}

/**
 * Look into an event of the type that Eventarc gives to plain messages. Where its message is itself
 * a CloudEvent, that one is what its publisher sent; otherwise the event keeps its identity and has
 * its data spelled in one way. Undefined for any other event.
 */
export function readPublished({ claims, content }: Reading): Push | undefined {
  if (!('event' in content) || content.event.type !== messagePublished) return undefined
  const { event } = content
  if (!isObject(event.data)) return undefined
  return open(event.data, (message, metadata) => ({
    claims,
    content: { event: { ...event, data: dataOf(message, metadata) }, inexact: new Set() }
  }))
}

function open(push: JsonObject, plain: (message: Message, metadata: Metadata) => Reading): Push {
  const { metadata, faults } = readMetadata(push)
  if (faults[0]) return { metadata, reading: { claims: {}, content: refusal(faults[0]) } }
  try {
    const message = readMessage(push)
    return { metadata, reading: readEvent(message) ?? plain(message, metadata) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { metadata, reading: { claims: {}, content: refusal(error) } }
  }
}

/**
 * Read the CloudEvent that a message carries, by the Pub/Sub binding
 * (https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md): structured when
 * its content type says so, binary when it has `ce-` attributes. Values are not percent-encoded.
 */
function readEvent({ bytes, attributes }: Message): Reading | undefined {
  const type = contentTypeOf(attributes)
  const mode = cloudEventsMode(type ?? attributes['ce-datacontenttype'])
  if (mode === 'structured') return readStructured(bytes)
  if (mode !== undefined) {
    const detail = 'a Pub/Sub message carries one CloudEvent as JSON, and this one says otherwise'
    throw new Failure('ENVELOPE_UNKNOWN', detail)
  }
  if (!hasEventAttributes(attributes)) return undefined
  const named = Object.entries(attributes).filter(([name]) => name.startsWith('ce-'))
  const claims = Object.fromEntries(named.map(([name, value]) => [name.slice(3), value]))
  return { claims, content: settle(() => eventOf(claims, type, bytes)) }
}

/** Publishers spell it `content-type` or `Content-Type`; the former wins whatever the order. */
function contentTypeOf(attributes: Message['attributes']): string | undefined {
  const names = Object.keys(attributes).filter((name) => name.toLowerCase() === 'content-type')
  return attributes[names.sort().at(-1) ?? 'content-type'] || undefined
}

function plainEvent(message: Message, metadata: Metadata): Content {
  const { messageId, subscription, publishTime } = metadata
  if (messageId === undefined || subscription === undefined) {
    const absent = messageId === undefined ? 'message.messageId' : 'subscription'
    throw new Failure('MESSAGE_INVALID', `${absent} is absent, and nothing else identifies it`)
  }
  const event: CloudEvent = {
    specversion: '1.0',
    id: messageId,
    source: `${pubsubSource}${subscription}`,
    type: messagePublished,
    ...(publishTime !== undefined && { time: publishTime }),
    datacontenttype: 'application/json',
    data: dataOf(message, metadata)
  }
  return { event, inexact: new Set() }
}

/** Spell a message as Google's MessagePublishedData, without the members that vary by attempt. */
function dataOf({ data, attributes }: Message, metadata: Metadata): Json {
  const { messageId, publishTime, orderingKey, subscription } = metadata
  return {
    message: {
      ...(data !== undefined && { data }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(messageId !== undefined && { messageId }),
      ...(publishTime !== undefined && { publishTime }),
      ...(orderingKey !== undefined && { orderingKey })
    },
    ...(subscription !== undefined && { subscription })
  }
}
