import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64 } from '../../src/values/base64.ts'

test('gives back the bytes of every standard base64 text', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      expect(decodeBase64(text, 'data')).toEqual(Buffer.from(bytes))
    })
  )
})

test.each([
  ['the URL-safe alphabet', '-_-_'],
  ['no padding', 'YQ'],
  ['too much padding', 'YWJj='],
  ['padding alone', '===='],
  ['padding in the middle', 'YQ==YQ=='],
  ['unused bits that are set', 'YR=='],
  ['a line break', 'YWJj\nYWJj'],
  ['a space', ' YWJj'],
  ['another character', 'YW*j'],
  ['a character beyond ASCII', 'YWé=']
])('refuses %s', (_, text) => {
  expect(() => decodeBase64(text, 'message.data')).toThrow(
    expect.objectContaining({
      code: 'BASE64_INVALID',
      message: 'message.data is not standard base64 with padding'
    })
  )
})
