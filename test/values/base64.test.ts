import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64 } from '../../src/values/base64.ts'
import { refuses, takes } from './conversions.ts'

describe('decodeBase64', () => {
  test('returns the bytes of every standard base64 text', () => {
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
})

describe('BYTES', () => {
  takes('BYTES(3)', [
    ['three bytes', 'AAEC', 'AAEC'],
    ['one byte with its padding', '/w==', '/w=='],
    ['no bytes', '', '']
  ])

  const malformed = 'is not standard base64 with padding'

  refuses('BYTES(3)', [
    ['four bytes', 'AAECAw==', 'is longer than 3 bytes'],
    ['missing padding', '/w', malformed],
    ['the URL alphabet', '_w==', malformed],
    ['unused bits that are not zero', '/x==', malformed],
    ['a line feed', 'AAEC\n', malformed],
    ['text that is not base64', 'a b', malformed],
    ['a number', 1, 'is not a base64 string']
  ])

  const mebibytes10 = Buffer.alloc(10 * 1024 * 1024).toString('base64')

  takes('BYTES(MAX)', [['10 MiB', mebibytes10, mebibytes10]])

  refuses('BYTES(MAX)', [
    [
      'a byte more than 10 MiB',
      Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64'),
      'is longer than 10485760 bytes'
    ]
  ])
})
