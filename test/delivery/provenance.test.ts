import { describe, expect, test } from 'vitest'
import { bodyKey, eventKey } from '../../src/delivery/provenance.ts'
import { binary, decodeOne, event, json, push, structured, subscription } from './deliveries.ts'

const messageKey = eventKey(`//pubsub.googleapis.com/${subscription}`, '77')

describe('provenance', () => {
  test('keeps headers and body unchanged', () => {
    const { provenance } = decodeOne({ ...binary, tag: ['a', 'b'] }, '{"a" : 1}')
    expect(provenance.delivery.headers).toEqual({
      'ce-specversion': ['1.0'],
      'ce-id': ['1'],
      'ce-source': ['//shop'],
      'ce-type': ['com.example.t'],
      'content-type': ['application/json'],
      tag: ['a', 'b']
    })
    expect(provenance.delivery.body.toString()).toBe('{"a" : 1}')
    expect(provenance).toMatchObject({
      key: eventKey('//shop', '1'),
      envelope: 'cloudevents-binary',
      source: '//shop',
      eventId: '1',
      type: 'com.example.t'
    })
  })

  test('of a plain message names the event that it became', () => {
    expect(decodeOne(json, push({})).provenance).toMatchObject({
      key: messageKey,
      source: `//pubsub.googleapis.com/${subscription}`,
      eventId: '77',
      type: 'google.cloud.pubsub.topic.v1.messagePublished'
    })
  })

  test('of a refused event still has its source and id', () => {
    const { provenance } = decodeOne(structured, { ...event, time: 'never' })
    expect(provenance).toMatchObject({
      key: eventKey('//shop', '1'),
      eventId: '1',
      type: 'com.example.t'
    })
    expect(decodeOne(binary, '{').provenance.key).toBe(eventKey('//shop', '1'))
  })

  test('never has an attribute that is not valid', () => {
    const { provenance } = decodeOne(structured, { ...event, id: '\ud800', type: 'a\0' })
    expect(provenance).not.toHaveProperty('eventId')
    expect(provenance).not.toHaveProperty('type')
    expect(provenance.source).toBe('//shop')
    expect(provenance.key).toBe(bodyKey({ headers: {}, body: provenance.delivery.body }))
  })

  test('of a refused message is the same at every attempt', () => {
    const attempt = (deliveryAttempt: number) =>
      decodeOne(json, push({ data: '*' }, { deliveryAttempt })).provenance
    expect(attempt(1)).toMatchObject({
      key: messageKey,
      metadata: { deliveryAttempt: 1, messageId: '77' }
    })
    expect(attempt(2)).toMatchObject({ key: messageKey, metadata: { deliveryAttempt: 2 } })
  })

  test('of a refused message with a broken event inside is that of the message', () => {
    const attributes = { 'ce-specversion': '1.0', 'ce-source': '//shop' }
    expect(decodeOne(json, push({ attributes })).provenance.key).toBe(messageKey)
  })

  test('of a delivery without any identity is that of its bytes', () => {
    const { provenance } = decodeOne({ 'content-type': 'text/plain' }, 'hello')
    expect(provenance.key).toBe(bodyKey({ headers: {}, body: Buffer.from('hello') }))
  })
})
