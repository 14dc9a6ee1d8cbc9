import { expect, test } from 'vitest'
import { decodeHeaderValue, headerText } from '../../src/delivery/binary.ts'

/** The header value that Node makes of these bytes. */
const wire = (text: string) => Buffer.from(text).toString('latin1')

test.each([
  ['plain text', 'abc', 'abc'],
  ['spaces around', ' abc ', 'abc'],
  ['the example of the specification', 'Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
  ['lower-case hex', '%e2%82%ac', '€'],
  ['encoding that was not needed', '%61bc', 'abc'],
  ['one round only', '%2541', '%41'],
  ['a lone percent sign', '100%', '100%'],
  ['a percent sign before other text', 'a%zz', 'a%zz'],
  ['one bad escape among good ones', '%20%zz', '%20%zz'],
  ['a truncated escape', 'a%2', 'a%2'],
  ['a quoted string', '"a b"', 'a b'],
  ['a quoted string with escapes', '"a\\"\\\\b"', 'a"\\b'],
  ['a quoted string with percent escapes', '"a%20b"', 'a b'],
  ['an open quote', '"abc', '"abc'],
  ['a quote inside', '"a"b"', '"a"b"'],
  ['an escaped closing quote', '"abc\\"', '"abc\\"'],
  ['an empty quoted string', '""', ''],
  ['raw UTF-8 from a sender that does not encode', wire('Köln € 😀'), 'Köln € 😀'],
  ['raw UTF-8 beside escapes', `${wire('ö')}%20%C3%B6`, 'ö ö'],
  ['text that was decoded before', 'Köln €', 'Köln €'],
  ['an encoded line feed', 'a%0Ab', 'a\nb']
])('decodes %s', (_, line, text) => {
  expect(decodeHeaderValue(line)).toBe(text)
})

test.each([
  ['overlong UTF-8', '%C0%A0'],
  ['a stray continuation byte', 'a%80'],
  ['an encoded surrogate', '%ED%A0%80'],
  ['a truncated sequence', '%E2%82'],
  ['Latin-1', 'K\xf6ln']
])('refuses %s', (_, line) => {
  expect(() => decodeHeaderValue(line)).toThrow(
    expect.objectContaining({ code: 'ATTRIBUTE_INVALID' })
  )
})

test('reads a Pub/Sub attribute without decoding it', () => {
  expect(headerText(wire('"100%25 €"'))).toBe('"100%25 €"')
  expect(headerText('K\xf6ln')).toBe('K\xf6ln')
})
