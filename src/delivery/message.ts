import { Failure } from '../failures.ts'
import { decodeBase64 } from '../values/base64.ts'
import { isTimestamp } from '../values/calendar.ts'
import type { Json } from '../values/json.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { isAttributeText, isUnset, MAX_ID_CHARACTERS, MAX_SOURCE_CHARACTERS } from './attributes.ts'

/** The source of a plain Pub/Sub message is this and its subscription. */
export const pubsubSource = '//pubsub.googleapis.com/'

/** What Pub/Sub says about a message: only what is well-formed. */
export interface Metadata {
  readonly subscription?: string
  readonly messageId?: string
  readonly publishTime?: string
  readonly orderingKey?: string
  readonly deliveryAttempt?: number
}

/** What the publisher put into a message. */
export interface Message {
  /** Base64, as sent; absent when there are no bytes. */
  readonly data?: string
  readonly bytes: Buffer
  readonly attributes: Readonly<Record<string, string>>
}

/** Pub/Sub sends each of these twice, in camelCase and snake_case; either alone is enough. */
const members = {
  messageId: { snake: 'message_id', valid: (text: string) => isShort(text, MAX_ID_CHARACTERS) },
  publishTime: { snake: 'publish_time', valid: isTimestamp },
  orderingKey: { snake: 'ordering_key', valid: isAttributeText }
} as const

/**
 * Read what a push body says about its message
 * (https://cloud.google.com/pubsub/docs/push#receive_push). What breaks its shape is left out of the
 * metadata and named in `faults`, so that a refused message is still known by the rest.
 */
export function readMetadata(push: JsonObject): {
  readonly metadata: Metadata
  readonly faults: readonly Failure[]
} {
  const message = isObject(push['message']) ? push['message'] : {}
  const read = {
    subscription: readSubscription(push),
    messageId: readMember(message, 'messageId'),
    publishTime: readMember(message, 'publishTime'),
    orderingKey: readMember(message, 'orderingKey')
  }
  const texts = Object.entries(read).filter(([, value]) => typeof value === 'string')
  const attempt = push['deliveryAttempt'] ?? push['delivery_attempt']
  // The attempt is only ever shown, so a malformed one is ignored.
  const counted = Number.isSafeInteger(attempt) && { deliveryAttempt: Number(attempt) }
  return {
    metadata: { ...Object.fromEntries(texts), ...counted },
    faults: Object.values(read).filter((value) => value instanceof Failure)
  }
}

function readMember(message: JsonObject, name: keyof typeof members): string | Failure | undefined {
  const { snake, valid } = members[name]
  const [value, other] = [message[name], message[snake]].filter((text) => !isUnset(text))
  if (value === undefined) return undefined
  if (typeof value !== 'string') return invalid(`message.${name} is not a string`)
  if (other !== undefined && other !== value) {
    return invalid(`message.${name} and message.${snake} differ`)
  }
  return valid(value) ? value : invalid(`message.${name} is malformed`)
}

function readSubscription({ subscription }: JsonObject): string | Failure | undefined {
  if (isUnset(subscription)) return undefined
  const longest = MAX_SOURCE_CHARACTERS - pubsubSource.length
  return typeof subscription === 'string' && isShort(subscription, longest)
    ? subscription
    : invalid('subscription is malformed')
}

/**
 * Read the message of a push body. Data and attributes may be absent; unknown members are ignored.
 *
 * @throws {Failure} MESSAGE_INVALID, BASE64_INVALID
 */
export function readMessage(push: JsonObject): Message {
  const { message } = push
  if (!isObject(message)) throw invalid('message is not an object')
  const attributes = readAttributes(message['attributes'])
  const { data } = message
  if (isUnset(data)) return { bytes: Buffer.alloc(0), attributes }
  if (typeof data !== 'string') throw invalid('message.data is not a string')
  return { data, bytes: decodeBase64(data, 'message.data'), attributes }
}

function readAttributes(attributes: Json | undefined): Message['attributes'] {
  if (isUnset(attributes)) return {}
  if (!isObject(attributes)) throw invalid('message.attributes is not an object')
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (typeof value !== 'string') throw invalid('a value in message.attributes is not a string')
      return [name, value]
    })
  )
}

const isShort = (text: string, limit: number) => text.length <= limit && isAttributeText(text)

function invalid(detail: string): Failure {
  return new Failure('MESSAGE_INVALID', detail)
}
