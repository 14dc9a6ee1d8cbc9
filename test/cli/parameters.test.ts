import { describe, expect, test } from 'vitest'
import { oneOf, pastTime, repeatable, text, wholeNumber } from '../../src/cli/parameters.ts'

describe('a whole number', () => {
  const read = wholeNumber(1, 100)

  test.each([
    ['1', 1],
    ['100', 100],
    ['007', 7]
  ])('is read from %s', (value, number) => {
    expect(read(value)).toBe(number)
  })

  test.each(['0', '101', '', 'x', '1.5', '-1', '1e1', ' 1', '0x1', '99999999999999999'])(
    'is not read from "%s"',
    (value) => {
      expect(() => read(value)).toThrow(`must be a whole number from 1 to 100, not '${value}'`)
    }
  )

  test('can be without an upper bound', () => {
    expect(wholeNumber(1)('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => wholeNumber(1)('0')).toThrow("must be a whole number from 1, not '0'")
    expect(() => wholeNumber(1)('9007199254740992')).toThrow('must be a whole number')
  })
})

describe('one of some names', () => {
  test('is one of them as it is written', () => {
    const read = oneOf(['open', 'any'])
    expect(read('any')).toBe('any')
    expect(() => read('Any')).toThrow("must be one of open, any, not 'Any'")
    expect(() => read('toString')).toThrow('must be one of')
  })
})

describe('a time in the past', () => {
  const read = pastTime(() => Date.parse('2026-11-02T00:00:00Z'))

  test.each([
    ['90s', '2026-11-01T23:58:30.000000000Z'],
    ['30m', '2026-11-01T23:30:00.000000000Z'],
    ['2h', '2026-11-01T22:00:00.000000000Z'],
    ['7d', '2026-10-26T00:00:00.000000000Z'],
    ['2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00.000000000Z']
  ])('is read from %s', (value, time) => {
    expect(read(value)).toBe(time)
  })

  test.each(['yesterday', '7', '1w', '-1h', '2020-01-01', '', '999999999d'])(
    'is not read from "%s"',
    (value) => {
      expect(() => read(value)).toThrow('must be an RFC 3339 time, or how long ago')
    }
  )
})

describe('a repeatable parameter', () => {
  test('collects its values in order', () => {
    const { read } = repeatable('name', '', text)
    expect(read?.('b', read('a', undefined))).toEqual(['a', 'b'])
  })
})
