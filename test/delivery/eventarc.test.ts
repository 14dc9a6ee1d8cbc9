import { describe, expect, test } from 'vitest'
import { eventKey } from '../../src/delivery/provenance.ts'
import {
  base64,
  codeOf,
  decodeOne,
  event,
  eventOf,
  json,
  structured,
  subscription
} from './deliveries.ts'

const identity = {
  id: '8123',
  source: '//pubsub.googleapis.com/projects/p/topics/t',
  type: 'google.cloud.pubsub.topic.v1.messagePublished'
}
const headers = {
  'ce-id': identity.id,
  'ce-source': identity.source,
  'ce-specversion': '1.0',
  'ce-type': identity.type,
  'ce-time': '2026-11-01T10:11:12.345Z',
  ...json
}
const message = {
  data: base64('{"a":1}'),
  attributes: { tenant: 't-1' },
  messageId: '8123',
  message_id: '8123',
  publishTime: '2026-11-01T10:11:12.345Z',
  publish_time: '2026-11-01T10:11:12.345Z',
  orderingKey: 'k'
}

describe('messagePublished from Eventarc', () => {
  test('keeps the identity of its headers and normalizes its data', () => {
    const arrival = decodeOne(headers, { message, subscription, deliveryAttempt: 2 })
    expect(eventOf(arrival)).toEqual({
      specversion: '1.0',
      ...identity,
      time: '2026-11-01T10:11:12.345Z',
      datacontenttype: 'application/json',
      data: {
        message: {
          data: base64('{"a":1}'),
          attributes: { tenant: 't-1' },
          messageId: '8123',
          publishTime: '2026-11-01T10:11:12.345Z',
          orderingKey: 'k'
        },
        subscription
      }
    })
    expect(arrival).toMatchObject({
      provenance: {
        key: eventKey(identity.source, identity.id),
        envelope: 'cloudevents-binary',
        metadata: {
          publishTime: '2026-11-01T10:11:12.345Z',
          orderingKey: 'k',
          subscription,
          messageId: '8123',
          deliveryAttempt: 2
        }
      }
    })
  })

  test('is the same in structured mode', () => {
    const data = { message, subscription }
    const sent = { specversion: '1.0', ...identity, datacontenttype: 'application/json', data }
    expect(eventOf(decodeOne(structured, sent)).data).toEqual(
      eventOf(decodeOne(headers, data)).data
    )
  })

  test('is replaced by the CloudEvent in its message', () => {
    const attributes = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '//shop',
      'ce-type': 'com.example.t'
    }
    const arrival = decodeOne(headers, { message: { ...message, attributes }, subscription })
    expect(eventOf(arrival)).toEqual({ ...event, data: { a: 1 } })
    expect(arrival.provenance.key).toBe(eventKey('//shop', '1'))
  })

  test('is refused with a broken CloudEvent in its message, and identified by that or by its headers', () => {
    const broken = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '//shop' }
    const arrival = decodeOne(headers, {
      message: { ...message, attributes: broken },
      subscription
    })
    expect(codeOf(arrival)).toBe('ATTRIBUTE_MISSING')
    expect(arrival.provenance).toMatchObject({ key: eventKey('//shop', '1'), source: '//shop' })
    const unread = decodeOne(headers, { message: { ...message, data: '*' }, subscription })
    expect(codeOf(unread)).toBe('BASE64_INVALID')
    expect(unread.provenance.key).toBe(eventKey(identity.source, identity.id))
  })

  test('needs neither its own message id nor data', () => {
    expect(eventOf(decodeOne(headers, { message: {} })).data).toEqual({ message: {} })
    expect(eventOf(decodeOne(headers))).not.toHaveProperty('data')
  })

  test('is refused when its message breaks the documented shape', () => {
    expect(codeOf(decodeOne(headers, { subscription }))).toBe('MESSAGE_INVALID')
  })
})

describe('other events from Eventarc', () => {
  test('are read from the raw push they fall back to', () => {
    const attributes = {
      'ce-id': 'e-1',
      'ce-source': '//firestore.googleapis.com/projects/p/databases/d',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.firestore.document.v1.written',
      'ce-time': '2026-11-01T10:11:12.345678Z',
      'ce-subject': 'documents/users/name ',
      'ce-datacontenttype': 'application/protobuf',
      'ce-document': 'users/name '
    }
    const body = { message: { attributes, data: 'CgA=', messageId: '9' }, subscription }
    expect(eventOf(decodeOne(json, body))).toEqual({
      specversion: '1.0',
      id: 'e-1',
      source: '//firestore.googleapis.com/projects/p/databases/d',
      type: 'google.cloud.firestore.document.v1.written',
      time: '2026-11-01T10:11:12.345678Z',
      subject: 'documents/users/name ',
      datacontenttype: 'application/protobuf',
      document: 'users/name ',
      data_base64: 'CgA='
    })
  })
})
