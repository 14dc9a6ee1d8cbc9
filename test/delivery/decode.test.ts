import { describe, expect, test } from 'vitest'
import { codeOf, decodeOne, event, json } from './deliveries.ts'

describe('decode', () => {
  test.each<[string, Record<string, string>, string | object, string]>([
    ['an empty body', {}, '', 'BODY_EMPTY'],
    ['an empty body of JSON', json, '', 'BODY_EMPTY'],
    ['JSON in no known envelope', json, { a: 1 }, 'ENVELOPE_UNKNOWN'],
    ['an event without its content type', json, event, 'ENVELOPE_UNKNOWN'],
    ['a chat message', json, { message: 'hello' }, 'ENVELOPE_UNKNOWN'],
    ['an array', json, [event], 'ENVELOPE_UNKNOWN'],
    ['text', { 'content-type': 'text/plain' }, 'hello', 'ENVELOPE_UNKNOWN'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 'ENVELOPE_UNKNOWN'],
    ['broken JSON', json, '{"message":', 'JSON_INVALID'],
    ['text with a content type of JSON', json, 'hello', 'JSON_INVALID'],
    ['broken JSON without a type', {}, ' {"message":', 'JSON_INVALID'],
    ['deep JSON', json, '['.repeat(100_000), 'JSON_TOO_DEEP'],
    ['a prototype key', {}, '{"__proto__":{}}', 'JSON_KEY_FORBIDDEN'],
    ['only an extension in the headers', { 'ce-tenant': 'x' }, '', 'BODY_EMPTY']
  ])('refuses %s', (_, headers, body, code) => {
    const arrival = decodeOne(headers, body)
    expect(codeOf(arrival)).toBe(code)
    expect(arrival.provenance.envelope).toBe('unknown')
  })

  test('names the content type to send when an event comes without it', () => {
    expect(decodeOne(json, event)).toMatchObject({
      reason: { detail: expect.stringContaining('application/cloudevents+json') }
    })
  })

  test('a body that is still encoded could not be inflated at the edge, and is refused', () => {
    const arrival = decodeOne({ ...json, 'content-encoding': 'gzip' }, '{}')
    expect(codeOf(arrival)).toBe('BODY_ENCODING_INVALID')
  })
})
