import type { Delivery } from '../delivery/event.ts'

/** A message as the Pub/Sub client passes it. */
export interface PulledMessage {
  readonly id: string
  readonly data: Buffer
  readonly attributes: Readonly<Record<string, string>>
  readonly publishTime: { toISOString(): string }
  readonly orderingKey?: string | undefined
  /** 0 where the subscription does not count attempts. */
  readonly deliveryAttempt: number
  ack(): void
  nack(): void
}

/**
 * Write a pulled message as the wrapped push that would have delivered it
 * (https://cloud.google.com/pubsub/docs/push#receive_push), so that one decoder reads both.
 *
 * @param subscription `projects/P/subscriptions/S`, part of the identity of a plain message
 */
export function toPush(message: PulledMessage, subscription: string): Delivery {
  const { id, data, attributes, publishTime, orderingKey, deliveryAttempt } = message
  const push = {
    subscription,
    ...(deliveryAttempt > 0 && { deliveryAttempt }),
    message: {
      data: data.toString('base64'),
      attributes,
      messageId: id,
      publishTime: publishTime.toISOString(),
      ...(orderingKey && { orderingKey })
    }
  }
  const headers = { 'content-type': ['application/json'] }
  return { headers, body: Buffer.from(JSON.stringify(push)) }
}
