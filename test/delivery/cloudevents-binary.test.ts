import { describe, expect, test } from 'vitest'
import { base64, binary, codeOf, contentOf, decodeOne, eventOf } from './deliveries.ts'

const wire = (text: string) => Buffer.from(text).toString('latin1')
const { 'content-type': _, ...untyped } = binary

describe('CloudEvents in binary mode', () => {
  test('takes attributes from headers and data from the body', () => {
    const arrival = decodeOne(
      {
        ...binary,
        'ce-time': '2026-11-01T10:00:00.123456789Z',
        'ce-subject': 'Euro%20%E2%82%AC',
        'ce-bucket': 'b',
        host: 'example.com'
      },
      { id: 'a' }
    )
    expect(arrival.provenance.envelope).toBe('cloudevents-binary')
    expect(contentOf(arrival)).toEqual({
      event: {
        specversion: '1.0',
        id: '1',
        source: '//shop',
        type: 'com.example.t',
        time: '2026-11-01T10:00:00.123456789Z',
        subject: 'Euro €',
        bucket: 'b',
        datacontenttype: 'application/json',
        data: { id: 'a' }
      },
      inexact: new Set()
    })
  })

  test.each<[string, Record<string, string | string[]>, string]>([
    ['no id', { 'ce-id': [] }, 'ATTRIBUTE_MISSING'],
    ['an empty id', { 'ce-id': '' }, 'ATTRIBUTE_MISSING'],
    ['a quoted empty id', { 'ce-id': '""' }, 'ATTRIBUTE_MISSING'],
    ['an empty source', { 'ce-source': ' ' }, 'ATTRIBUTE_MISSING'],
    ['an empty type', { 'ce-type': '' }, 'ATTRIBUTE_MISSING'],
    ['an empty specversion', { 'ce-specversion': '' }, 'ATTRIBUTE_MISSING'],
    ['specversion 0.3', { 'ce-specversion': '0.3' }, 'SPECVERSION_UNSUPPORTED'],
    ['specversion 1.1', { 'ce-specversion': '1.1' }, 'SPECVERSION_UNSUPPORTED'],
    ['specversion 1', { 'ce-specversion': '1' }, 'SPECVERSION_UNSUPPORTED'],
    ['a repeated id', { 'ce-id': ['1', '2'] }, 'ATTRIBUTE_INVALID'],
    ['a repeated equal id', { 'ce-id': ['1', '1'] }, 'ATTRIBUTE_INVALID'],
    ['a repeated extension', { 'ce-tenant': ['1', '2'] }, 'ATTRIBUTE_INVALID'],
    ['a control character in its id', { 'ce-id': 'a%00b' }, 'ATTRIBUTE_INVALID'],
    ['a line feed in its source', { 'ce-source': 'a%0Ab' }, 'ATTRIBUTE_INVALID'],
    ['a C1 control in its id', { 'ce-id': 'a%C2%85' }, 'ATTRIBUTE_INVALID'],
    ['a noncharacter in its id', { 'ce-id': 'a%EF%BF%BF' }, 'ATTRIBUTE_INVALID'],
    ['escapes that are not UTF-8', { 'ce-subject': '%C0%A0' }, 'ATTRIBUTE_INVALID'],
    ['bytes that are not UTF-8', { 'ce-subject': 'K\xf6ln' }, 'ATTRIBUTE_INVALID'],
    ['an id of 256 characters', { 'ce-id': 'x'.repeat(256) }, 'accepted'],
    ['an id of 256 emoji', { 'ce-id': wire('😀'.repeat(256)) }, 'accepted'],
    ['an id of 257 characters', { 'ce-id': 'x'.repeat(257) }, 'ATTRIBUTE_INVALID'],
    ['a source of 2048 characters', { 'ce-source': 'x'.repeat(2048) }, 'accepted'],
    ['a source of 2049 characters', { 'ce-source': 'x'.repeat(2049) }, 'ATTRIBUTE_INVALID'],
    ['a source that is not a URI', { 'ce-source': 'my shop' }, 'accepted'],
    ['a name with a hyphen', { 'ce-my-tenant': 'x' }, 'ATTRIBUTE_INVALID'],
    ['a name with an underscore', { 'ce-__proto__': 'x' }, 'ATTRIBUTE_INVALID'],
    ['an attribute without a name', { 'ce-': 'x' }, 'ATTRIBUTE_INVALID'],
    ['an attribute named data', { 'ce-data': 'x' }, 'ATTRIBUTE_INVALID'],
    ['a name of 21 characters', { [`ce-${'x'.repeat(21)}`]: 'x' }, 'accepted'],
    ['an extension named constructor', { 'ce-constructor': 'x' }, 'accepted'],
    ['an empty extension', { 'ce-tenant': '' }, 'accepted'],
    ['an empty subject', { 'ce-subject': '' }, 'ATTRIBUTE_INVALID'],
    ['a malformed time', { 'ce-time': 'yesterday' }, 'ATTRIBUTE_INVALID'],
    ['a day that does not exist', { 'ce-time': '2026-02-30T00:00:00Z' }, 'ATTRIBUTE_INVALID'],
    ['an empty time', { 'ce-time': '' }, 'ATTRIBUTE_INVALID'],
    ['a relative dataschema', { 'ce-dataschema': 'schema.json' }, 'ATTRIBUTE_INVALID'],
    ['an absolute dataschema', { 'ce-dataschema': 'urn:example:1' }, 'accepted'],
    ['a malformed content type', { 'content-type': 'json' }, 'ATTRIBUTE_INVALID'],
    ['two content types', { 'content-type': ['text/plain', 'a/b'] }, 'ATTRIBUTE_INVALID'],
    ['the same content type twice', { 'content-type': ['a/b', 'a/b'] }, 'accepted']
  ])('settles %s', (_, headers, code) => {
    expect(codeOf(decodeOne({ ...binary, ...headers }, '1'))).toBe(code)
  })

  test.each(['ce-id', 'ce-source', 'ce-type', 'ce-specversion'])(
    'refuses an event without %s as a broken CloudEvent',
    (name) => {
      const { [name]: _, ...headers } = { ...binary } as Record<string, string>
      const arrival = decodeOne(headers, { message: { messageId: '1' }, subscription: 's' })
      expect(arrival.provenance.envelope).toBe('cloudevents-binary')
      expect(codeOf(arrival)).toBe('ATTRIBUTE_MISSING')
    }
  )

  test('keeps NFC and NFD, right-to-left marks and literal percent signs as sent', () => {
    for (const id of ['é'.normalize('NFC'), 'é'.normalize('NFD'), 'a\u200Fb', '100%']) {
      expect(eventOf(decodeOne({ ...binary, 'ce-id': wire(id) }, '1')).id).toBe(id)
    }
  })

  test.each<[string, string | undefined, string | Buffer, object]>([
    ['JSON', 'application/json', '{"a":1}', { data: { a: 1 } }],
    ['JSON of any spelling', 'Application/Vnd.X+JSON ;v="1"', ' [0] ', { data: [0] }],
    ['a JSON scalar', 'application/json', 'false', { data: false }],
    ['JSON null', 'application/json', 'null', { data: null }],
    ['JSON that is a string', 'application/json', '"{}"', { data: '{}' }],
    ['no bytes', 'application/json', '', {}],
    ['text', 'text/plain', '{"a":1}', { data: '{"a":1}' }],
    ['text with a byte order mark', 'text/csv; charset=utf-8', '\uFEFFa', { data: '\uFEFFa' }],
    ['text that is not UTF-8', 'text/plain', Buffer.from([0xff]), { data_base64: '/w==' }],
    ['text in another charset', 'text/plain; charset=latin1', 'a', { data_base64: 'YQ==' }],
    ['bytes', 'application/octet-stream', '{"a":1}', { data_base64: base64('{"a":1}') }],
    ['XML', 'application/xml', '<a/>', { data_base64: base64('<a/>') }],
    ['JSON without a type', undefined, '{"a":1}', { data: { a: 1 } }],
    ['bytes without a type', undefined, Buffer.from([0, 255]), { data_base64: 'AP8=' }],
    ['text without a type', undefined, 'hello', { data_base64: base64('hello') }],
    ['an empty type', '', '{"a":1}', { data: { a: 1 } }],
    ['JSON under a default type', 'application/x-www-form-urlencoded', '[1]', { data: [1] }]
  ])('reads %s', (_, type, body, data) => {
    const headers = type === undefined ? untyped : { ...untyped, 'content-type': type }
    const {
      specversion,
      id,
      source,
      type: _type,
      datacontenttype,
      ...rest
    } = eventOf(decodeOne(headers, body))
    expect(rest).toEqual(data)
    expect(datacontenttype).toBe(type?.includes('urlencoded') ? undefined : type || undefined)
  })

  test.each<[string, string, string]>([
    ['JSON that does not parse', '{"a":', 'JSON_INVALID'],
    ['trailing garbage', '{}x', 'JSON_INVALID'],
    ['a prototype key', '{"\\u005f_proto__":{}}', 'JSON_KEY_FORBIDDEN'],
    ['80 levels', '['.repeat(80) + ']'.repeat(80), 'accepted'],
    ['81 levels', '['.repeat(81) + ']'.repeat(81), 'JSON_TOO_DEEP'],
    ['a rounded integer', '9007199254740993', 'NUMBER_INEXACT']
  ])('settles data with %s', (_, body, code) => {
    expect(codeOf(decodeOne(binary, body))).toBe(code)
    expect(codeOf(decodeOne(untyped, body))).toBe(code === 'JSON_INVALID' ? 'accepted' : code)
  })

  test('points to inexact numbers from the root of the event', () => {
    const arrival = decodeOne(binary, '{"price":12345678901.123456789}')
    expect(arrival).toMatchObject({ inexact: new Set(['/data/price']) })
  })

  test('reads the forbidden ce-datacontenttype only without a Content-Type', () => {
    const forbidden = { 'ce-datacontenttype': 'text/plain' }
    expect(eventOf(decodeOne({ ...untyped, ...forbidden }, '1')).data).toBe('1')
    expect(eventOf(decodeOne({ ...binary, ...forbidden }, '1')).data).toBe(1)
  })
})
