import { describe, expect, test } from 'vitest'
import {
  base64,
  binary,
  codeOf,
  contentOf,
  decodeOne,
  event,
  eventOf,
  structured
} from './deliveries.ts'

const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

describe('CloudEvents in structured mode', () => {
  test('is the event as sent', () => {
    const sent = {
      ...event,
      time: '2026-11-01T10:00:00.123456789+01:00',
      tenant: 't',
      live: true,
      count: -7,
      data: { id: 'a', n: 0 }
    }
    const arrival = decodeOne(structured, sent)
    expect(arrival.provenance.envelope).toBe('cloudevents-structured')
    expect(contentOf(arrival)).toEqual({ event: sent, inexact: new Set() })
  })

  test.each([
    'application/cloudevents+json; charset=UTF-8',
    'application/cloudevents+json;charset=utf-8',
    'Application/CloudEvents+JSON',
    'application/cloudevents'
  ])('is recognized by %s', (type) => {
    expect(eventOf(decodeOne({ 'content-type': type }, event)).id).toBe('1')
  })

  test('wins over ce- headers', () => {
    const arrival = decodeOne({ ...binary, 'ce-id': '2', ...structured }, event)
    expect(arrival.provenance.envelope).toBe('cloudevents-structured')
    expect(eventOf(arrival).id).toBe('1')
  })

  test.each<[string, object | string, string]>([
    ['no id', { ...event, id: undefined }, 'ATTRIBUTE_MISSING'],
    ['a null id', { ...event, id: null }, 'ATTRIBUTE_MISSING'],
    ['an empty id', { ...event, id: '' }, 'ATTRIBUTE_MISSING'],
    ['a number as id', { ...event, id: 5 }, 'ATTRIBUTE_INVALID'],
    ['an object as source', { ...event, source: {} }, 'ATTRIBUTE_INVALID'],
    ['no source', { ...event, source: undefined }, 'ATTRIBUTE_MISSING'],
    ['no type', { ...event, type: undefined }, 'ATTRIBUTE_MISSING'],
    ['no specversion', { ...event, specversion: undefined }, 'ATTRIBUTE_MISSING'],
    ['a number as specversion', { ...event, specversion: 1 }, 'SPECVERSION_UNSUPPORTED'],
    ['specversion 0.3', { ...event, specversion: '0.3' }, 'SPECVERSION_UNSUPPORTED'],
    ['a lone surrogate', '{"specversion":"1.0","id":"\\ud800"}', 'ATTRIBUTE_MISSING'],
    ['a lone surrogate in its id', { ...event, id: '\ud800' }, 'ATTRIBUTE_INVALID'],
    ['NUL in its id', { ...event, id: 'a\0' }, 'ATTRIBUTE_INVALID'],
    ['DEL in its type', { ...event, type: 'a\x7f' }, 'ATTRIBUTE_INVALID'],
    ['an id of 64 KiB', { ...event, id: 'x'.repeat(65_536) }, 'ATTRIBUTE_INVALID'],
    ['an upper-case name', { ...event, Tenant: 'x' }, 'ATTRIBUTE_INVALID'],
    ['a name with an underscore', { ...event, my_tenant: 'x' }, 'ATTRIBUTE_INVALID'],
    ['an empty name', { ...event, '': 'x' }, 'ATTRIBUTE_INVALID'],
    ['an extension that is an object', { ...event, tenant: {} }, 'ATTRIBUTE_INVALID'],
    ['an extension that is an array', { ...event, tenant: ['x'] }, 'ATTRIBUTE_INVALID'],
    ['a fraction', { ...event, count: 1.5 }, 'ATTRIBUTE_INVALID'],
    ['the largest 32-bit integer', { ...event, count: 2147483647 }, 'accepted'],
    ['a larger integer', { ...event, count: 2147483648 }, 'ATTRIBUTE_INVALID'],
    ['an inexact extension', { ...event, count: 2 ** 60 }, 'NUMBER_INEXACT'],
    ['a number as time', { ...event, time: 1793527200 }, 'ATTRIBUTE_INVALID'],
    ['a time without an offset', { ...event, time: '2026-11-01T10:00:00' }, 'ATTRIBUTE_INVALID'],
    ['an empty subject', { ...event, subject: '' }, 'ATTRIBUTE_INVALID'],
    ['a null subject', { ...event, subject: null }, 'accepted'],
    ['both kinds of data', { ...event, data: 1, data_base64: 'YQ==' }, 'DATA_AMBIGUOUS'],
    ['null and bytes as data', { ...event, data: null, data_base64: 'YQ==' }, 'DATA_AMBIGUOUS'],
    ['bad base64', { ...event, data_base64: '*' }, 'BASE64_INVALID'],
    ['URL-safe base64', { ...event, data_base64: '-_-_' }, 'BASE64_INVALID'],
    ['a number as base64', { ...event, data_base64: 5 }, 'BASE64_INVALID'],
    ['data of 80 levels', { ...event, data: nested(80) }, 'accepted'],
    ['data of 81 levels', { ...event, data: nested(81) }, 'JSON_TOO_DEEP'],
    ['an array', [event], 'ENVELOPE_UNKNOWN'],
    ['a string', '"text"', 'ENVELOPE_UNKNOWN'],
    ['null', 'null', 'ENVELOPE_UNKNOWN'],
    ['no bytes', '', 'BODY_EMPTY'],
    ['spaces', '  ', 'JSON_INVALID'],
    ['truncated JSON', '{"specversion":"1.0"', 'JSON_INVALID'],
    ['a prototype key', '{"__proto__":{"id":"1"}}', 'JSON_KEY_FORBIDDEN'],
    ['100,000 levels', '['.repeat(100_000), 'JSON_TOO_DEEP'],
    ['a byte order mark', `\uFEFF${JSON.stringify(event)}`, 'accepted']
  ])('settles %s', (_, body, code) => {
    expect(codeOf(decodeOne(structured, body))).toBe(code)
  })

  test.each(['xml', 'avro', 'protobuf'])('refuses the event format %s', (format) => {
    const arrival = decodeOne({ 'content-type': `application/cloudevents+${format}` }, event)
    expect(codeOf(arrival)).toBe('ENVELOPE_UNKNOWN')
  })

  test('treats a null attribute as absent', () => {
    expect(eventOf(decodeOne(structured, { ...event, time: null, tenant: null }))).toEqual(event)
  })

  test.each([null, false, 0, '', '{"a":1}', [], {}])('keeps %j as data', (data) => {
    expect(eventOf(decodeOne(structured, { ...event, data }))).toEqual({ ...event, data })
  })

  test('distinguishes null data from absent data', () => {
    expect(eventOf(decodeOne(structured, { ...event, data: null }))).toHaveProperty('data', null)
    expect(eventOf(decodeOne(structured, event))).not.toHaveProperty('data')
  })

  test.each<[string, string | undefined, string, object]>([
    ['JSON as data', 'application/json', '{"a":1}', { data: { a: 1 } }],
    ['text as a string', 'text/plain', 'a', { data: 'a' }],
    ['other types as bytes', 'image/png', 'a', { data_base64: 'YQ==' }],
    ['bytes without a type as bytes', undefined, '1', { data_base64: 'MQ==' }]
  ])('reads base64 of %s', (_, datacontenttype, text, data) => {
    const typed = { ...event, ...(datacontenttype && { datacontenttype }) }
    const sent = { ...typed, data_base64: base64(text) }
    expect(eventOf(decodeOne(structured, sent))).toEqual({ ...typed, ...data })
  })

  test('guards JSON inside base64 as it guards the body', () => {
    const inside = (text: string) =>
      decodeOne(structured, {
        ...event,
        datacontenttype: 'application/json',
        data_base64: base64(text)
      })
    expect(codeOf(inside('{"__proto__":1}'))).toBe('JSON_KEY_FORBIDDEN')
    expect(codeOf(inside('nonsense'))).toBe('JSON_INVALID')
    expect(inside('[1e-400]')).toMatchObject({ inexact: new Set(['/data/0']) })
  })

  test('stores the same value that it checked when a key is repeated', () => {
    const body = JSON.stringify(event).replace('"id":"1"', '"id":"","id":"2"')
    expect(eventOf(decodeOne(structured, body)).id).toBe('2')
    const worse = JSON.stringify(event).replace('"id":"1"', '"id":"2","id":""')
    expect(codeOf(decodeOne(structured, worse))).toBe('ATTRIBUTE_MISSING')
  })

  test('points to inexact numbers from the root of the event', () => {
    const body = `{${JSON.stringify(event).slice(1, -1)},"data":{"lines":[{"price":1.10000000000000001}]}}`
    expect(decodeOne(structured, body)).toMatchObject({
      inexact: new Set(['/data/lines/0/price'])
    })
  })
})
