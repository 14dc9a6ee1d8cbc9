import { Failure } from '../failures.ts'
import type { Json } from '../values/json.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { eventOf, hasEventAttributes } from './binary.ts'
import type { CloudEvent, DecodedEvent } from './event.ts'
import { cloudEventsMode } from './headers.ts'
import { type Message, type Metadata, pubsubSource, readMessage, readMetadata } from './message.ts'
import type { Known } from './provenance.ts'
import { readStructured } from './structured.ts'

/** The type of a plain message, as Eventarc names it. */
export const messagePublished = 'google.cloud.pubsub.topic.v1.messagePublished'

/**
 * Read a push body: the CloudEvent inside its message, or the message as an event of its own.
 *
 * @throws {Failure} MESSAGE_INVALID, BASE64_INVALID, ENVELOPE_UNKNOWN, and what reading the
 *   CloudEvent throws
 */
export function readPush(push: JsonObject, known: Known): DecodedEvent {
  return readContent(push, known, plainEvent)
}

/**
 * Look into an event of the type that Eventarc gives to plain messages. If its message is itself a
 * CloudEvent, the result is that one, which is what the publisher sent. If not, the event keeps its
 * identity and its data is written in one way. Any other event is returned as it is.
 *
 * @throws {Failure} what `readPush` throws
 */
export function readPublished(decoded: DecodedEvent, known: Known): DecodedEvent {
  const { event } = decoded
  if (event.type !== messagePublished || !isObject(event.data)) return decoded
  return readContent(event.data, known, (message, metadata) => ({
    ...event,
    data: dataOf(message, metadata)
  }))
}

function readContent(
  push: JsonObject,
  known: Known,
  plain: (message: Message, metadata: Metadata) => CloudEvent
): DecodedEvent {
  const { metadata, faults } = readMetadata(push)
  known.metadata = { ...metadata, ...known.metadata }
  if (faults[0]) throw faults[0]
  const message = readMessage(push)
  return readEvent(message, known) ?? { event: plain(message, metadata), inexact: new Set() }
}

/**
 * Read the CloudEvent that a message carries, by the Pub/Sub binding
 * (https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md): structured when
 * its content type says so, binary when it has `ce-` attributes. Values are not percent-encoded.
 */
function readEvent({ bytes, attributes }: Message, known: Known): DecodedEvent | undefined {
  const type = contentTypeOf(attributes)
  const mode = cloudEventsMode(type ?? attributes['ce-datacontenttype'])
  if (mode === 'structured') return readStructured(bytes, known)
  if (mode !== undefined) {
    const detail = 'a Pub/Sub message carries one CloudEvent as JSON, and this one says otherwise'
    throw new Failure('ENVELOPE_UNKNOWN', detail)
  }
  if (!hasEventAttributes(attributes)) return undefined
  const named = Object.entries(attributes).filter(([name]) => name.startsWith('ce-'))
  known.claims = Object.fromEntries(named.map(([name, value]) => [name.slice(3), value]))
  return eventOf(known.claims, type, bytes)
}

/** Publishers write `content-type` or `Content-Type`; the former wins in any order. */
function contentTypeOf(attributes: Message['attributes']): string | undefined {
  const names = Object.keys(attributes).filter((name) => name.toLowerCase() === 'content-type')
  return attributes[names.sort().at(-1) ?? 'content-type'] || undefined
}

function plainEvent(message: Message, metadata: Metadata): CloudEvent {
  const { messageId, subscription, publishTime } = metadata
  if (messageId === undefined || subscription === undefined) {
    const absent = messageId === undefined ? 'message.messageId' : 'subscription'
    throw new Failure('MESSAGE_INVALID', `${absent} is absent, and nothing else identifies it`)
  }
  return {
    specversion: '1.0',
    id: messageId,
    source: `${pubsubSource}${subscription}`,
    type: messagePublished,
    ...(publishTime !== undefined && { time: publishTime }),
    datacontenttype: 'application/json',
    data: dataOf(message, metadata)
  }
}

/** Write a message as Google's MessagePublishedData, without the members that vary by attempt. */
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
