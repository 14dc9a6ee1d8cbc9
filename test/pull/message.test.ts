import { describe, expect, it } from 'vitest'
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
  it('decodes as a wrapped push of its subscription', () => {
    const arrival = decodeOne({ ...message, orderingKey: 'k', deliveryAttempt: 3 })
    expect(arrival).toMatchObject({
      envelope: 'pubsub-wrapped',
      publishTime: '2026-11-01T10:00:00.123456789Z',
      orderingKey: 'k',
      letter: { subscription, messageId: '77', deliveryAttempt: 3 },
      content: {
        event: {
          source: `//pubsub.googleapis.com/${subscription}`,
          id: '77',
          type: 'google.cloud.pubsub.topic.v1.messagePublished'
        }
      }
    })
  })

  it('has no attempt where the subscription counts none, and no ordering key where it is empty', () => {
    const arrival = decodeOne({ ...message, orderingKey: '' })
    expect(arrival?.letter).not.toHaveProperty('deliveryAttempt')
    expect(arrival).not.toHaveProperty('orderingKey')
  })

  it('keeps the identity of the CloudEvent inside, whatever topic it went through', () => {
    const attributes = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '//shop',
      'ce-type': 't',
      'content-type': 'application/json',
      CloudPubSubDeadLetterSourceSubscription: 'orders'
    }
    const arrival = decodeOne({ ...message, attributes })
    expect(arrival?.letter).toMatchObject({ id: eventKey('//shop', '1'), messageId: '77' })
    expect(arrival?.content).toMatchObject({ event: { id: '1', data: { a: 1 } } })
  })

  it('may have no data', () => {
    const arrival = decodeOne({ ...message, data: Buffer.alloc(0), attributes: { a: 'b' } })
    expect(arrival?.content).toMatchObject({
      event: { data: { message: { attributes: { a: 'b' } } } }
    })
  })
})
