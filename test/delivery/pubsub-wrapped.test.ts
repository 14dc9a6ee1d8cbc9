import { describe, expect, test } from 'vitest'
import { eventKey } from '../../src/delivery/provenance.ts'
import {
  base64,
  codeOf,
  contentOf,
  decodeOne,
  event,
  eventOf,
  json,
  push,
  subscription
} from './deliveries.ts'

const ce = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '//shop',
  'ce-type': 'com.example.t'
}
const code = (body: string | object) => codeOf(decodeOne(json, body))

describe('a plain message in a wrapped push', () => {
  const everything = {
    deliveryAttempt: 3,
    message: {
      '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
      attributes: { 'content-type': 'application/json', tenant: 't-1' },
      data: base64('{"a":1}'),
      messageId: '8123456789012345',
      message_id: '8123456789012345',
      orderingKey: 't-1/o-42',
      publishTime: '2026-11-01T10:11:12.345Z',
      publish_time: '2026-11-01T10:11:12.345Z'
    },
    subscription
  }

  test('is the event messagePublished, with the identity and time from Pub/Sub', () => {
    const arrival = decodeOne(json, everything)
    expect(eventOf(arrival)).toEqual({
      specversion: '1.0',
      id: '8123456789012345',
      source: '//pubsub.googleapis.com/projects/p/subscriptions/s',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      time: '2026-11-01T10:11:12.345Z',
      datacontenttype: 'application/json',
      data: {
        message: {
          data: base64('{"a":1}'),
          attributes: { 'content-type': 'application/json', tenant: 't-1' },
          messageId: '8123456789012345',
          publishTime: '2026-11-01T10:11:12.345Z',
          orderingKey: 't-1/o-42'
        },
        subscription
      }
    })
    expect(arrival.provenance).toMatchObject({
      envelope: 'pubsub-wrapped',
      metadata: {
        subscription,
        messageId: '8123456789012345',
        publishTime: '2026-11-01T10:11:12.345Z',
        orderingKey: 't-1/o-42',
        deliveryAttempt: 3
      }
    })
  })

  test('is the same event at every attempt', () => {
    const again = decodeOne(json, { ...everything, deliveryAttempt: 4 })
    expect(contentOf(again)).toEqual(contentOf(decodeOne(json, everything)))
  })

  test('is the same event in snake_case alone', () => {
    const { messageId, publishTime, orderingKey, ...message } = everything.message
    const snake = { ...message, ordering_key: orderingKey }
    expect(eventOf(decodeOne(json, { ...everything, message: snake }))).toEqual(
      eventOf(decodeOne(json, everything))
    )
  })

  test('is recognized under any content type, and none', () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      expect(decodeOne({ 'content-type': type }, everything).provenance.envelope).toBe(
        'pubsub-wrapped'
      )
    }
    expect(decodeOne({}, everything).provenance.envelope).toBe('pubsub-wrapped')
  })

  test('has a time only when one was sent', () => {
    expect(eventOf(decodeOne(json, push({ data: 'YQ==' })))).not.toHaveProperty('time')
  })

  test.each<[string, object]>([
    ['attributes alone', { attributes: { eventType: 'SECRET_ROTATE' } }],
    ['no attributes', { data: 'YQ==' }],
    ['empty attributes', { data: 'YQ==', attributes: {} }],
    ['null members', { data: 'YQ==', attributes: null, orderingKey: null, publishTime: null }],
    ['empty data', { data: '', attributes: { a: '' } }],
    ['neither data nor attributes', {}]
  ])('may have %s', (_, message) => {
    expect(code(push(message))).toBe('accepted')
  })

  test('leaves out empty members, as protobuf does', () => {
    const { data } = eventOf(decodeOne(json, push({ data: '', attributes: {} })))
    expect(data).toEqual({ message: { messageId: '77' }, subscription })
  })

  test.each<[string, object | string, string]>([
    ['no message', { subscription }, 'MESSAGE_INVALID'],
    ['a message that is text', { message: 'hello', subscription }, 'MESSAGE_INVALID'],
    ['a message that is an array', { message: [], subscription }, 'MESSAGE_INVALID'],
    ['no subscription', { message: { messageId: '1' } }, 'MESSAGE_INVALID'],
    ['an empty subscription', { message: { messageId: '1' }, subscription: '' }, 'MESSAGE_INVALID'],
    ['a number as subscription', { ...push({}), subscription: 5 }, 'MESSAGE_INVALID'],
    ['no message id', push({ messageId: undefined, data: 'YQ==' }), 'MESSAGE_INVALID'],
    ['an empty message id', push({ messageId: '' }), 'MESSAGE_INVALID'],
    ['a number as message id', push({ messageId: 5 }), 'MESSAGE_INVALID'],
    ['a control character in it', push({ messageId: 'a\n' }), 'MESSAGE_INVALID'],
    ['message ids that differ', push({ message_id: '78' }), 'MESSAGE_INVALID'],
    ['equal message ids', push({ message_id: '77' }), 'accepted'],
    [
      'publish times that differ',
      push({ publishTime: '2026-11-01T10:00:00Z', publish_time: '2026-11-01T10:00:01Z' }),
      'MESSAGE_INVALID'
    ],
    ['a malformed publish time', push({ publishTime: 'now' }), 'MESSAGE_INVALID'],
    ['an object as data', push({ data: {} }), 'MESSAGE_INVALID'],
    ['URL-safe base64', push({ data: '-_-_' }), 'BASE64_INVALID'],
    ['base64 without padding', push({ data: 'YQ' }), 'BASE64_INVALID'],
    ['a number as attribute', push({ attributes: { a: 1 } }), 'MESSAGE_INVALID'],
    ['null as attribute', push({ attributes: { a: null } }), 'MESSAGE_INVALID'],
    ['an array of attributes', push({ attributes: ['a'] }), 'MESSAGE_INVALID'],
    ['text as attributes', push({ attributes: 'a' }), 'MESSAGE_INVALID'],
    ['a malformed attempt', push({}, { deliveryAttempt: 'x' }), 'accepted'],
    ['unknown members', push({ extra: [1] }, { extra: {} }), 'accepted'],
    ['a prototype key', '{"message":{"__proto__":{}},"subscription":"s"}', 'JSON_KEY_FORBIDDEN'],
    ['truncated JSON', '{"message":{"data":', 'JSON_INVALID']
  ])('settles %s', (_, body, expected) => {
    expect(code(body)).toBe(expected)
  })
})

describe('a CloudEvent inside a wrapped push', () => {
  test.each(['content-type', 'Content-Type', 'CONTENT-TYPE', 'ce-datacontenttype'])(
    'is read in binary mode with its type in %s',
    (name) => {
      const attributes = { ...ce, [name]: 'application/json', 'ce-subject': 's', tenant: 'x' }
      const arrival = decodeOne(json, push({ attributes, data: base64('{"a":1}') }))
      expect(arrival.provenance.envelope).toBe('pubsub-wrapped')
      expect(eventOf(arrival)).toEqual({
        ...event,
        subject: 's',
        datacontenttype: 'application/json',
        data: { a: 1 }
      })
      expect(arrival.provenance.key).toBe(eventKey('//shop', '1'))
      expect(arrival.provenance.metadata).toMatchObject({ messageId: '77', subscription })
    }
  )

  test.each(['content-type', 'Content-Type', 'ce-datacontenttype'])(
    'is read in structured mode with its type in %s, whatever its attributes say',
    (name) => {
      const attributes = {
        ...ce,
        'ce-id': '2',
        [name]: 'Application/CloudEvents+JSON; charset=utf-8'
      }
      const data = base64(JSON.stringify({ ...event, data: 1 }))
      expect(eventOf(decodeOne(json, push({ attributes, data })))).toEqual({ ...event, data: 1 })
    }
  )

  test('prefers content-type to its other spellings, in any order', () => {
    const types = { 'Content-Type': 'text/plain', 'ce-datacontenttype': 'image/png' }
    for (const attributes of [
      { ...ce, ...types, 'content-type': 'application/json' },
      { ...ce, 'content-type': 'application/json', ...types }
    ]) {
      expect(eventOf(decodeOne(json, push({ attributes, data: base64('1') }))).data).toBe(1)
    }
  })

  test('is not percent-decoded or unquoted, unlike in headers', () => {
    const attributes = { ...ce, 'ce-id': '"a%20b"', 'ce-subject': 'ends with a space ' }
    expect(eventOf(decodeOne(json, push({ attributes })))).toMatchObject({
      id: '"a%20b"',
      subject: 'ends with a space '
    })
  })

  test('needs neither message id nor subscription', () => {
    expect(code({ message: { attributes: ce } })).toBe('accepted')
  })

  test.each(Object.keys(ce))('is broken without %s, and not a plain message', (name) => {
    const { [name]: _, ...attributes } = ce as Record<string, string>
    expect(code(push({ attributes }))).toBe('ATTRIBUTE_MISSING')
  })

  test.each<[string, object, string]>([
    ['an extension alone', { attributes: { 'ce-tenant': 'x' } }, 'accepted'],
    ['an upper-case name', { attributes: { ...ce, 'ce-Tenant': 'x' } }, 'ATTRIBUTE_INVALID'],
    [
      'specversion 0.3',
      { attributes: { ...ce, 'ce-specversion': '0.3' } },
      'SPECVERSION_UNSUPPORTED'
    ],
    [
      'a prototype key in its data',
      {
        attributes: { ...ce, 'content-type': 'application/json' },
        data: base64('{"__proto__":1}')
      },
      'JSON_KEY_FORBIDDEN'
    ],
    [
      'structured mode without data',
      { attributes: { 'content-type': 'application/cloudevents+json' } },
      'BODY_EMPTY'
    ],
    [
      'structured mode without an id',
      {
        attributes: { 'content-type': 'application/cloudevents+json' },
        data: base64('{"specversion":"1.0","source":"s","type":"t"}')
      },
      'ATTRIBUTE_MISSING'
    ],
    [
      'a batch, which the binding does not have',
      { attributes: { 'content-type': 'application/cloudevents-batch+json' }, data: base64('[]') },
      'ENVELOPE_UNKNOWN'
    ]
  ])('settles %s', (_, message, expected) => {
    expect(code(push(message))).toBe(expected)
  })
})
