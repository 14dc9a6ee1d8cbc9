import { describe, expect, test } from 'vitest'
import { bodyKey, eventKey } from '../../src/delivery/provenance.ts'
import { binary, decodeOne, event, json, push, structured, subscription } from './deliveries.ts'

const messageKey = eventKey(`//pubsub.googleapis.com/${subscription}`, '77')

describe('letter', () => {
  test('keeps headers and body as they came, without credentials', () => {
    const credentials = {
      authorization: 'Bearer t',
      'x-serverless-authorization': 'Bearer t',
      'proxy-authorization': 'Basic t',
      'x-goog-iap-jwt-assertion': 't',
      'x-api-key': 't',
      cookie: 't'
    }
    const { letter } = decodeOne({ ...binary, ...credentials, tag: ['a', 'b'] }, '{"a" : 1}')
    expect(letter.headers).toEqual({
      'ce-specversion': ['1.0'],
      'ce-id': ['1'],
      'ce-source': ['//shop'],
      'ce-type': ['com.example.t'],
      'content-type': ['application/json'],
      tag: ['a', 'b']
    })
    expect(letter.body.toString()).toBe('{"a" : 1}')
    expect(letter).toMatchObject({
      id: eventKey('//shop', '1'),
      source: '//shop',
      eventId: '1',
      type: 'com.example.t',
      contentType: 'application/json'
    })
  })

  test('of a plain message names the event that it became', () => {
    expect(decodeOne(json, push({})).letter).toMatchObject({
      id: messageKey,
      source: `//pubsub.googleapis.com/${subscription}`,
      eventId: '77',
      type: 'google.cloud.pubsub.topic.v1.messagePublished'
    })
  })

  test('of a refused event is still known by its source and id', () => {
    const { letter } = decodeOne(structured, { ...event, time: 'never' })
    expect(letter).toMatchObject({
      id: eventKey('//shop', '1'),
      eventId: '1',
      type: 'com.example.t'
    })
    expect(decodeOne(binary, '{').letter.id).toBe(eventKey('//shop', '1'))
  })

  test('never has an attribute that is not valid', () => {
    const { letter } = decodeOne(structured, { ...event, id: '\ud800', type: 'a\0' })
    expect(letter).not.toHaveProperty('eventId')
    expect(letter).not.toHaveProperty('type')
    expect(letter.source).toBe('//shop')
    expect(letter.id).toBe(bodyKey({ headers: {}, body: letter.body }))
  })

  test('of a refused message is the same at every attempt', () => {
    const attempt = (deliveryAttempt: number) =>
      decodeOne(json, push({ data: '*' }, { deliveryAttempt })).letter
    expect(attempt(1)).toMatchObject({ id: messageKey, deliveryAttempt: 1, messageId: '77' })
    expect(attempt(2)).toMatchObject({ id: messageKey, deliveryAttempt: 2 })
  })

  test('of a refused message with a broken event inside is that of the message', () => {
    const attributes = { 'ce-specversion': '1.0', 'ce-source': '//shop' }
    expect(decodeOne(json, push({ attributes })).letter.id).toBe(messageKey)
  })

  test('of what has no identity at all is that of its bytes', () => {
    const { letter } = decodeOne({ 'content-type': 'text/plain' }, 'hello')
    expect(letter.id).toBe(bodyKey({ headers: {}, body: Buffer.from('hello') }))
    expect(letter.contentType).toBe('text/plain')
  })
})
