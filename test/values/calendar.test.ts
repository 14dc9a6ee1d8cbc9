import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTimestamp } from '../../src/values/calendar.ts'
import { convert, refuses, takes } from './conversions.ts'

describe('isTimestamp', () => {
  test.each([
    '2026-11-01T10:00:00Z',
    '2026-11-01t10:00:00z',
    '2026-11-01T10:00:00.1Z',
    '2026-11-01T10:00:00.123456789012Z',
    '2026-11-01T10:00:00+05:30',
    '2026-11-01T10:00:00-00:00',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z'
  ])('accepts %s', (text) => {
    expect(isTimestamp(text)).toBe(true)
  })

  test.each([
    '',
    'now',
    '2026-11-01',
    '2026-11-01T10:00:00',
    '2026-11-01 10:00:00Z',
    '2026-11-01T10:00Z',
    '2026-11-01T10:00:00.Z',
    '2026-11-01T24:00:00Z',
    '2026-11-01T10:60:00Z',
    '2026-11-01T10:00:61Z',
    '2026-11-01T10:00:00+24:00',
    '2026-11-01T10:00:00+0530',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '12026-11-01T10:00:00Z',
    '2026-11-01T10:00:00Z\n',
    'Sun, 01 Nov 2026 10:00:00 GMT',
    '1793527200'
  ])('refuses %j', (text) => {
    expect(isTimestamp(text)).toBe(false)
  })
})

describe('DATE', () => {
  takes('DATE', [
    ['a day', '2026-11-01', '2026-11-01'],
    ['the first day', '0001-01-01', '0001-01-01'],
    ['the last day', '9999-12-31', '9999-12-31'],
    ['29 February of a leap year', '2024-02-29', '2024-02-29'],
    ['29 February of a year that 400 divides', '2000-02-29', '2000-02-29']
  ])

  const form = 'is not a date in the form YYYY-MM-DD'
  const calendar = 'is not a day of the calendar'

  refuses('DATE', [
    ['29 February of another year', '2026-02-29', calendar],
    ['29 February of a year that 100 divides', '1900-02-29', calendar],
    ['31 April', '2026-04-31', calendar],
    ['day 0', '2026-04-00', calendar],
    ['month 0', '2026-00-10', calendar],
    ['month 13', '2026-13-01', calendar],
    ['year 0', '0000-01-01', calendar],
    ['five digits of a year', '10000-01-01', form],
    ['single digits', '2026-1-1', form],
    ['a time', '2026-11-01T00:00:00Z', form],
    ['slashes', '2026/11/01', form],
    ['a line feed', '2026-11-01\n', form],
    ['a number', 20261101, form]
  ])
})

describe('TIMESTAMP', () => {
  takes('TIMESTAMP', [
    ['seconds', '2026-11-01T10:00:00Z', '2026-11-01T10:00:00.000000000Z'],
    ['nanoseconds', '2026-11-01T10:00:00.123456789Z', '2026-11-01T10:00:00.123456789Z'],
    ['a short fraction', '2026-11-01T10:00:00.5Z', '2026-11-01T10:00:00.500000000Z'],
    [
      'zeros beyond nanoseconds',
      '2026-11-01T10:00:00.1234567890000Z',
      '2026-11-01T10:00:00.123456789Z'
    ],
    ['lower case', '2026-11-01t10:00:00z', '2026-11-01T10:00:00.000000000Z'],
    ['an offset', '2026-11-01T10:00:00+05:30', '2026-11-01T04:30:00.000000000Z'],
    ['an unknown offset', '2026-11-01T10:00:00-00:00', '2026-11-01T10:00:00.000000000Z'],
    [
      'an offset into the day before',
      '2026-03-01T00:30:00.7+01:00',
      '2026-02-28T23:30:00.700000000Z'
    ],
    ['an offset into 29 February', '2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00.000000000Z'],
    ['an offset into the day after', '2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000000000Z'],
    [
      'an offset into the year before',
      '2026-01-01T00:00:00+00:01',
      '2025-12-31T23:59:00.000000000Z'
    ],
    [
      'an offset into the month after',
      '2026-04-30T12:00:00-23:59',
      '2026-05-01T11:59:00.000000000Z'
    ],
    ['the first instant', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000000Z'],
    ['the last instant', '9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    [
      'year 0 when its offset makes it 1',
      '0000-12-31T23:30:00-01:00',
      '0001-01-01T00:30:00.000000000Z'
    ]
  ])

  const form = 'is not an RFC 3339 timestamp with an offset'
  const calendar = 'is not an instant of the calendar'
  const years = 'is not in years 0001 to 9999'

  refuses('TIMESTAMP', [
    ['a leap second', '2016-12-31T23:59:60Z', 'is a leap second or no second at all'],
    ['second 61', '2026-11-01T10:00:61Z', 'is a leap second or no second at all'],
    ['picoseconds', '2026-11-01T10:00:00.1234567891Z', 'is finer than a nanosecond'],
    [
      'a million zeros before another digit',
      `2026-11-01T10:00:00.${'0'.repeat(1_000_000)}1Z`,
      'is finer than a nanosecond'
    ],
    ['29 February of another year', '2026-02-29T10:00:00Z', calendar],
    ['hour 24', '2026-11-01T24:00:00Z', calendar],
    ['minute 60', '2026-11-01T10:60:00Z', calendar],
    ['an offset of a day', '2026-11-01T10:00:00+24:00', 'has an offset beyond ±23:59'],
    ['year 0', '0000-12-31T23:30:00Z', years],
    ['year 1 when its offset makes it 0', '0001-01-01T00:30:00+01:00', years],
    ['year 9999 when its offset makes it 10000', '9999-12-31T23:30:00-01:00', years],
    ['year 10000', '10000-01-01T00:00:00Z', form],
    ['no offset', '2026-11-01T10:00:00', form],
    ['a space for the T', '2026-11-01 10:00:00Z', form],
    ['an offset without its colon', '2026-11-01T10:00:00+0530', form],
    ['a fraction without digits', '2026-11-01T10:00:00.Z', form],
    ['a comma for the point', '2026-11-01T10:00:00,5Z', form],
    ['no seconds', '2026-11-01T10:00Z', form],
    ['a line feed', '2026-11-01T10:00:00Z\n', form],
    ['a date', '2026-11-01', form],
    ['a number', 1793527200, form]
  ])

  test('TIMESTAMP with any offset is the instant that Date knows', () => {
    const instants = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true
    })
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, minutes) => {
        const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1)
        const size = Math.abs(minutes)
        const offset = [Math.floor(size / 60), size % 60].map((part) =>
          String(part).padStart(2, '0')
        )
        const text = `${local}${minutes < 0 ? '-' : '+'}${offset.join(':')}`
        expect(convert('TIMESTAMP', text)).toBe(instant.toISOString().replace('Z', '000000Z'))
      })
    )
  })
})
