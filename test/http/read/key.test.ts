import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseKey } from '../../../src/http/read/key.ts'
import { items, objects } from '../collections.ts'
import { refusal } from '../refusal.ts'

test('each segment is decoded once', () => {
  expect(parseKey(items.table, ['a%2Fb%252Fc+d'])).toEqual(['a/b%2Fc+d'])
})

test('each segment becomes the exact value of its column', () => {
  expect(parseKey(objects.table, ['', '1587627537231057'])).toEqual(['', '1587627537231057'])
})

test('every text that can be a key is found under its percent-encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseKey(items.table, [encodeURIComponent(text)])).toEqual([text])
    })
  )
})

test('a key of 8 KiB is the longest', () => {
  expect(parseKey(items.table, ['%C3%A9'.repeat(4096)])).toEqual(['é'.repeat(4096)])
  expect(refusal(() => parseKey(items.table, [`a${'%C3%A9'.repeat(4096)}`]))).toBe(
    'KEY_INVALID: the key is longer than 8192 bytes'
  )
})

const refused: readonly [string, readonly string[], string][] = [
  ['too few segments', ['a'], 'the path has 1 key segments instead of 2: bucket, generation'],
  ['too many segments', ['a', 'b', '1'], 'the path has 3 key segments instead of 2'],
  ['a broken escape', ['%zz', '1'], 'the path has a malformed percent-encoding'],
  ['an escape that is not UTF-8', ['%E9', '1'], 'the path has a malformed percent-encoding'],
  [
    'another type',
    ['a', '01'],
    'generation: is not an integer in plain decimal digits (type INT64)'
  ],
  ['a value out of range', ['a', '9223372036854775808'], 'generation: is outside of the range'],
  ['an empty segment of a number', ['a', ''], 'generation: is not an integer']
]

test.each(refused)('a key with %s is refused', (_name, segments, message) => {
  expect(refusal(() => parseKey(objects.table, segments))).toContain(`KEY_INVALID: ${message}`)
})
