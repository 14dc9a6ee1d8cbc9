import { describe, expect, test } from 'vitest'
import { decode } from '../../src/delivery/decode.ts'
import { batch, codeOf, delivery, event, eventOf, structured } from './deliveries.ts'

const text = JSON.stringify(event)
const codes = (body: string | object, headers = batch) =>
  decode(delivery(headers, body)).map(codeOf)

describe('CloudEvents in a batch', () => {
  test('are one arrival each, in order', () => {
    const arrivals = decode(delivery(batch, [event, { ...event, id: '2' }]))
    expect(arrivals.map(({ provenance }) => provenance.envelope)).toEqual(
      Array(2).fill('cloudevents-batch')
    )
    expect(arrivals.map((arrival) => eventOf(arrival).id)).toEqual(['1', '2'])
  })

  test('may be zero', () => {
    expect(codes('[]')).toEqual([])
    expect(codes(' [ ] ')).toEqual([])
  })

  test.each([
    ['a prototype key', '{"__proto__":1}', 'JSON_KEY_FORBIDDEN'],
    ['too many levels', '['.repeat(90) + ']'.repeat(90), 'JSON_TOO_DEEP'],
    ['a rounded integer', text.replace('}', ',"data":9007199254740993}'), 'NUMBER_INEXACT'],
    ['bad syntax', '{"specversion":"1.0",}', 'JSON_INVALID'],
    ['no id', '{"specversion":"1.0","source":"s","type":"t"}', 'ATTRIBUTE_MISSING'],
    ['not an object', '42', 'ENVELOPE_UNKNOWN'],
    ['an array', `[${text}]`, 'ENVELOPE_UNKNOWN']
  ])('are not affected by a neighbor with %s', (_, bad, code) => {
    expect(codes(`[${text},${bad},${text}]`)).toEqual(['accepted', code, 'accepted'])
  })

  test('are not affected by a neighbor that is not UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from(`[${text},{"id":"`),
      Buffer.from([0xff]),
      Buffer.from(`"},${text}]`)
    ])
    expect(decode(delivery(batch, body)).map(codeOf)).toEqual([
      'accepted',
      'JSON_INVALID',
      'accepted'
    ])
  })

  test.each([
    ['one event', text, 'JSON_INVALID'],
    ['a truncated array', `[${text}`, 'JSON_INVALID'],
    ['trailing garbage', `[${text}] x`, 'JSON_INVALID'],
    ['no bytes', '', 'BODY_EMPTY'],
    ['100,000 levels', '['.repeat(100_000), 'JSON_INVALID']
  ])('are refused as a whole when the body is %s', (_, body, code) => {
    const arrivals = decode(delivery(batch, body))
    expect(arrivals.map(codeOf)).toEqual([code])
    expect(arrivals[0]?.provenance.delivery.body.toString()).toBe(body)
  })

  test('are recognized before structured mode, in any spelling', () => {
    expect(
      codes([event], { 'content-type': 'Application/CloudEvents-Batch+JSON; charset=utf-8' })
    ).toEqual(['accepted'])
  })

  test('keep their own bytes as a delivery that can be sent again', () => {
    const spaced = '{ "specversion" : "1.0" , "id":"" }'
    const headers = { ...batch, 'content-length': '999', 'x-tenant': 't' }
    const [, arrival] = decode(delivery(headers, `[${text}, ${spaced} ]`))
    expect(arrival?.provenance.delivery.body.toString()).toBe(spaced)
    expect(arrival?.provenance.delivery.headers).toEqual({
      'content-type': ['application/cloudevents+json'],
      'x-tenant': ['t']
    })
  })

  test('without an identity are distinguished by their bytes, even with one message id', () => {
    const headers = {
      ...batch,
      'x-goog-pubsub-message-id': '1',
      'x-goog-pubsub-subscription-name': 's'
    }
    const keys = decode(delivery(headers, '[1,2,1]')).map(({ provenance }) => provenance.key)
    expect(keys[0]).toBe(keys[2])
    expect(keys[0]).not.toBe(keys[1])
  })

  test('give the same arrival as a structured delivery of the same bytes', () => {
    const [inBatch] = decode(delivery(batch, [event]))
    const [alone] = decode(delivery(structured, event))
    const provenance = { ...inBatch?.provenance, envelope: 'cloudevents-structured' }
    expect({ ...inBatch, provenance }).toEqual(alone)
  })
})
