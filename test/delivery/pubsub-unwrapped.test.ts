import { describe, expect, test } from 'vitest'
import {
  base64,
  codeOf,
  contentOf,
  decodeOne,
  event,
  eventOf,
  push,
  subscription
} from './deliveries.ts'

const metadata = {
  'x-goog-pubsub-subscription-name': subscription,
  'x-goog-pubsub-message-id': '77',
  'x-goog-pubsub-publish-time': '2026-11-01T10:11:12.345Z',
  'x-goog-pubsub-ordering-key': 'k'
}
const hop = {
  host: 'example.com',
  connection: 'keep-alive',
  'content-length': '7',
  'user-agent': 'Java/17.0.15',
  accept: '*/*',
  'accept-encoding': 'gzip',
  'x-forwarded-for': '1.2.3.4',
  forwarded: 'for=1.2.3.4',
  traceparent: '00-1-2-01',
  'x-cloud-trace-context': 'abc/1'
}

describe('an unwrapped push with metadata', () => {
  test('is the same event as the wrapped push of its message', () => {
    const headers = { ...metadata, ...hop, 'content-type': 'application/json', tenant: 't-1' }
    const unwrapped = decodeOne(headers, '{"a":1}')
    const wrapped = decodeOne(
      {},
      push({
        data: base64('{"a":1}'),
        attributes: { 'content-type': 'application/json', tenant: 't-1' },
        publishTime: '2026-11-01T10:11:12.345Z',
        orderingKey: 'k'
      })
    )
    expect(contentOf(unwrapped)).toEqual(contentOf(wrapped))
    expect(unwrapped.provenance).toMatchObject({
      key: wrapped.provenance.key,
      envelope: 'pubsub-unwrapped',
      metadata: {
        publishTime: '2026-11-01T10:11:12.345Z',
        orderingKey: 'k',
        subscription,
        messageId: '77'
      }
    })
  })

  test('is read in the form that the emulator sends', () => {
    const { 'x-goog-pubsub-ordering-key': _, ...others } = metadata
    const headers = {
      ...others,
      ...hop,
      'x-goog-ordering-key': 'k',
      'content-type': 'application/x-www-form-urlencoded'
    }
    const arrival = decodeOne(headers, 'hello')
    expect(arrival.provenance.metadata.orderingKey).toBe('k')
    expect(eventOf(arrival).data).toEqual({
      message: {
        data: base64('hello'),
        messageId: '77',
        publishTime: '2026-11-01T10:11:12.345Z',
        orderingKey: 'k'
      },
      subscription
    })
  })

  test('may have no body, or any', () => {
    expect(eventOf(decodeOne({ ...metadata, a: 'b' })).data).toMatchObject({
      message: { attributes: { a: 'b' } }
    })
    for (const body of ['{"a":', '[1]', '{"__proto__":1}', '['.repeat(1000), Buffer.from([255])]) {
      expect(codeOf(decodeOne(metadata, body))).toBe('accepted')
    }
  })

  test('reads UTF-8 in attributes and joins repeated ones', () => {
    const headers = { ...metadata, city: Buffer.from('Köln').toString('latin1'), tag: ['a', 'b'] }
    expect(eventOf(decodeOne(headers)).data).toMatchObject({
      message: { attributes: { city: 'Köln', tag: 'a, b' } }
    })
  })

  test.each<[string, Record<string, string | string[]>, string]>([
    ['no subscription', { 'x-goog-pubsub-subscription-name': [] }, 'MESSAGE_INVALID'],
    ['a malformed publish time', { 'x-goog-pubsub-publish-time': 'now' }, 'MESSAGE_INVALID'],
    ['no publish time', { 'x-goog-pubsub-publish-time': [] }, 'accepted']
  ])('settles %s', (_, headers, code) => {
    expect(codeOf(decodeOne({ ...metadata, ...headers }, 'x'))).toBe(code)
  })

  test('without a message id cannot be identified', () => {
    const headers = { ...metadata, 'x-goog-pubsub-message-id': [] }
    expect(codeOf(decodeOne(headers, 'x'))).toBe('ENVELOPE_UNKNOWN')
  })

  test('of a CloudEvent in binary mode is that CloudEvent', () => {
    const headers = {
      ...metadata,
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '//shop',
      'ce-type': 'com.example.t',
      'content-type': 'application/x-www-form-urlencoded'
    }
    const arrival = decodeOne(headers, '{"a":1}')
    expect(arrival.provenance).toMatchObject({
      envelope: 'cloudevents-binary',
      metadata: {
        publishTime: '2026-11-01T10:11:12.345Z',
        orderingKey: 'k',
        subscription,
        messageId: '77'
      }
    })
    expect(eventOf(arrival)).toEqual({ ...event, data: { a: 1 } })
  })

  test('of a CloudEvent in structured mode is that CloudEvent', () => {
    const headers = { ...metadata, 'content-type': 'application/cloudevents+json' }
    const arrival = decodeOne(headers, event)
    expect(eventOf(arrival)).toEqual(event)
    expect(arrival.provenance.metadata).toMatchObject({ subscription, messageId: '77' })
  })

  test('distinguishes a payload with such members from a push body', () => {
    const payload = { message: { text: 'hi' }, subscription: 'gold' }
    expect(decodeOne(metadata, payload).provenance.envelope).toBe('pubsub-unwrapped')
    expect(decodeOne(metadata, push({})).provenance.envelope).toBe('pubsub-wrapped')
  })
})
