import type { Encoded, Hop } from './envelopes.ts'

/** What a publisher puts into a Pub/Sub message. */
export interface PublishedMessage {
  readonly data: string
  readonly attributes: Readonly<Record<string, string>>
}

const project = 'projects/demo'
const subscription = `${project}/subscriptions/landfall-push`

/** The request of a push subscription: https://cloud.google.com/pubsub/docs/push#receive_push */
export function push({ data, attributes }: PublishedMessage, hop: Hop): Encoded {
  const { messageId, publishTime, attempt, orderingKey } = hop
  const message = {
    data: Buffer.from(data).toString('base64'),
    attributes,
    messageId,
    message_id: messageId,
    publishTime,
    publish_time: publishTime,
    ...(orderingKey && { orderingKey })
  }
  const body = JSON.stringify({ message, subscription, deliveryAttempt: attempt })
  return { path: '/events', headers: { 'content-type': 'application/json' }, body }
}

/**
 * The request of a subscription without wrapper, with metadata: attributes become headers
 * (https://cloud.google.com/pubsub/docs/payload-unwrapping).
 */
export function pushUnwrapped({ data, attributes }: PublishedMessage, hop: Hop): Encoded {
  const lines = Object.entries(attributes).map(([name, text]) => [name, headerLine(text)])
  const headers = {
    ...Object.fromEntries(lines),
    'x-goog-pubsub-subscription-name': subscription,
    'x-goog-pubsub-message-id': hop.messageId,
    'x-goog-pubsub-publish-time': hop.publishTime,
    ...(hop.orderingKey && { 'x-goog-pubsub-ordering-key': headerLine(hop.orderingKey) })
  }
  return { path: '/events', headers, body: data }
}

/** A header line is bytes, and Node writes one byte for each character. */
const headerLine = (text: string) => Buffer.from(text).toString('latin1')

/** The request of an Eventarc trigger for a topic: a push, in an event of Eventarc's own. */
export function pushByEventarc(message: PublishedMessage, hop: Hop): Encoded {
  const { headers, body } = push(message, hop)
  const own = {
    'ce-specversion': '1.0',
    'ce-id': hop.messageId,
    'ce-source': `//pubsub.googleapis.com/${project}/topics/landfall`,
    'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
    'ce-time': hop.publishTime
  }
  return { path: '/', headers: { ...headers, ...own }, body }
}
