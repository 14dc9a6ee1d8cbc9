import { describe, expect, test } from 'vitest'
import { decode } from '../../src/delivery/decode.ts'
import { eventKey } from '../../src/delivery/provenance.ts'
import { type PulledMessage, toPush } from '../../src/pull/message.ts'

const subscription = 'projects/p/subscriptions/dead'
const message: PulledMessage = {
  id: '77',
  data: Buffer.from('{"a":1}'),
  attributes: {},
  publishTime: { toISOString: () => '2026-11-01T10:00:00.123456789Z' },
  deliveryAttempt: 0,
  ack: () => undefined,
  nack: () => undefined
}
const decodeOne = (pulled: PulledMessage) => decode(toPush(pulled, subscription))[0]

describe('a pulled message', () => {
  test('decodes as a wrapped push of its subscription', () => {
    const arrival = decodeOne({ ...message, orderingKey: 'k', deliveryAttempt: 3 })
    expect(arrival).toMatchObject({
      provenance: {
        envelope: 'pubsub-wrapped',
        metadata: {
          subscription,
          messageId: '77',
          publishTime: '2026-11-01T10:00:00.123456789Z',
          orderingKey: 'k',
          deliveryAttempt: 3
        }
      },
      event: {
        source: `//pubsub.googleapis.com/${subscription}`,
        id: '77',
        type: 'google.cloud.pubsub.topic.v1.messagePublished'
      }
    })
  })

  test('has no attempt when the subscription does not count them, and no ordering key when it is empty', () => {
    const arrival = decodeOne({ ...message, orderingKey: '' })
    expect(arrival?.provenance.metadata).not.toHaveProperty('deliveryAttempt')
    expect(arrival?.provenance.metadata).not.toHaveProperty('orderingKey')
  })

  test('keeps the identity of the CloudEvent inside, through any topic', () => {
    const attributes = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '//shop',
      'ce-type': 't',
      'content-type': 'application/json',
      CloudPubSubDeadLetterSourceSubscription: 'orders'
    }
    const arrival = decodeOne({ ...message, attributes })
    expect(arrival?.provenance).toMatchObject({
      key: eventKey('//shop', '1'),
      metadata: { messageId: '77' }
    })
    expect(arrival).toMatchObject({ event: { id: '1', data: { a: 1 } } })
  })

  test('has its content type as only header', () => {
    const attributes = { authorization: 'Bearer x' }
    expect(toPush({ ...message, attributes }, subscription).headers).toEqual({
      'content-type': ['application/json']
    })
  })

  test('may have no data', () => {
    const arrival = decodeOne({ ...message, data: Buffer.alloc(0), attributes: { a: 'b' } })
    expect(arrival).toMatchObject({
      event: { data: { message: { attributes: { a: 'b' } } } }
    })
  })
})
