import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Cell,
  checkValue,
  decodeCell,
  storageClass,
  toCell
} from '../../src/store/embedded/cell.ts'
import { decodeNumeric, encodeNumeric } from '../../src/store/embedded/numeric-text.ts'
import { decodeValue, encodeValue, formatTimestamp } from '../../src/store/spanner/wire.ts'
import {
  type ColumnType,
  formatType,
  type ScalarType,
  scalarTypes
} from '../../src/values/column-types.ts'
import { COMMIT_TIMESTAMP, type Value } from '../../src/values/value.ts'

/** Any number with up to 9 digits of fraction, in units of the last one. */
const units = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })

/** Spell a NUMERIC by what the canonical form says, not by how the code pads it. */
function numericText(value: bigint): string {
  const scaled = (value < 0n ? -value : value).toString().padStart(10, '0')
  const text = `${scaled.slice(0, -9)}.${scaled.slice(-9)}`.replace(/\.?0+$/, '')
  return `${value < 0n ? '-' : ''}${text}`
}

const dates = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())

const arbitraries: Readonly<Record<ScalarType, fc.Arbitrary<Value>>> = {
  STRING: fc.string({ unit: 'binary' }),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  FLOAT64: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
  FLOAT32: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
  NUMERIC: units.map(numericText),
  BOOL: fc.boolean(),
  BYTES: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  DATE: dates.map((text) => text.slice(0, 10)),
  TIMESTAMP: fc
    .tuple(dates, fc.nat(999_999_999))
    .map(([text, nanos]) => `${text.slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`),
  JSON: fc.json(),
  UUID: fc.uuid()
}

/** The client's wrappers of numbers, of which the wire carries the value. */
const encoders = {
  float: (value: number) => ({ value }),
  float32: (value: number) => ({ value }),
  COMMIT_TIMESTAMP: 'spanner.commit_timestamp()'
}

const unwrap = (sent: unknown): unknown => {
  if (Array.isArray(sent)) return sent.map(unwrap)
  return typeof sent === 'object' && sent !== null && 'value' in sent ? sent.value : sent
}

const database = new DatabaseSync(':memory:')

/** Put a cell into SQLite and take it out again. */
function stored(type: ColumnType, cell: Cell): unknown {
  database.exec('DROP TABLE IF EXISTS t')
  database.exec(`CREATE TABLE t (c '${storageClass(type)} ${formatType(type)}')`)
  database.prepare('INSERT INTO t VALUES (?)').run(cell)
  const select = database.prepare('SELECT c FROM t')
  select.setReadBigInts(true)
  return select.get()?.['c']
}

describe.each(scalarTypes)('%s', (scalar) => {
  const type = { scalar, array: false }
  const nullable = { name: 'c', type, notNull: false }
  const some = arbitraries[scalar]
  const array = fc.array(fc.option(some))

  test('is refused by no check when it is canonical', () => {
    fc.assert(
      fc.property(some, (value) => {
        expect(checkValue(nullable, value)).toBeUndefined()
      })
    )
  })

  test('survives the embedded store, alone and in arrays', () => {
    fc.assert(
      fc.property(fc.option(some), array, (value, values) => {
        expect(decodeCell(type, stored(type, toCell(type, value)))).toEqual(value)
        const arrays = { ...type, array: true }
        expect(decodeCell(arrays, stored(arrays, toCell(arrays, values)))).toEqual(values)
      })
    )
  })

  test('survives the way to Spanner and back, alone and in arrays', () => {
    fc.assert(
      fc.property(fc.option(some), array, (value, values) => {
        for (const one of [value, values]) {
          expect(decodeValue(type, unwrap(encodeValue(encoders, type, one)))).toEqual(one)
        }
      })
    )
  })
})

describe('NUMERIC as text', () => {
  test('is in the order of the numbers', () => {
    fc.assert(
      fc.property(units, units, (one, other) => {
        const [a, b] = [encodeNumeric(numericText(one)), encodeNumeric(numericText(other))]
        expect(Math.sign(Number(one - other))).toBe(a < b ? -1 : Number(a > b))
      })
    )
  })

  test.each(['0', '-0.000000001', '0.1', '-10', '99999999999999999999999999999.999999999'])(
    'gives %s back',
    (value) => expect(decodeNumeric(encodeNumeric(value))).toBe(value)
  )
})

describe('checkValue', () => {
  const wrong: readonly [ScalarType, readonly Value[]][] = [
    ['STRING', [1, '\ud800', '\udc00x']],
    ['INT64', [1, '', '-', '01', '-0', '1.0', '9223372036854775808', '-9223372036854775809']],
    ['FLOAT64', ['1', Number.NaN, Number.POSITIVE_INFINITY]],
    ['FLOAT32', [3.5e38, -3.5e38]],
    ['NUMERIC', [1, '-0', '1.0', '01', '.5', '1e2', '1'.repeat(30), '0.0000000001']],
    ['BOOL', ['true', 1]],
    ['BYTES', ['A', 'AA', 'AA=', '====', 'A_==', 'AA==\n']],
    ['DATE', ['0000-01-01', '2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01\n']],
    [
      'TIMESTAMP',
      [
        '2026-02-29T00:00:00.000000000Z',
        '2026-01-01T24:00:00.000000000Z',
        '2026-01-01T00:60:00.000000000Z',
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.000000000+00:00',
        '0000-12-31T00:00:00.000000000Z'
      ]
    ],
    ['JSON', ['', '{', 'undefined', '"\ud800"', 1]],
    ['UUID', ['', '00000000-0000-0000-0000-00000000000', 'A0000000-0000-0000-0000-000000000000']]
  ]

  test.each(wrong)('refuses what is no %s, without quoting it', (scalar, values) => {
    for (const value of values) {
      const column = { name: 'c', type: { scalar, array: false }, notNull: false }
      expect(checkValue(column, value), JSON.stringify(value)).toBe(`is not a valid ${scalar}`)
      const inArray = { ...column, type: { scalar, array: true } }
      expect(checkValue(inArray, [null, value])).toBe(
        `has an element that is not a valid ${scalar}`
      )
      expect(checkValue(inArray, value)).toBe('is not an array')
    }
  })
})

describe('the wire', () => {
  test('carries the placeholder of the commit timestamp', () => {
    const type = { scalar: 'TIMESTAMP', array: false } as const
    expect(encodeValue(encoders, type, COMMIT_TIMESTAMP)).toBe('spanner.commit_timestamp()')
  })

  test.each([
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00.000000000Z'],
    ['2026-11-01T10:00:00.12Z', '2026-11-01T10:00:00.120000000Z'],
    ['2026-11-01T10:00:00.123456789Z', '2026-11-01T10:00:00.123456789Z']
  ])('brings the timestamp %s as %s', (sent, value) => {
    expect(decodeValue({ scalar: 'TIMESTAMP', array: false }, sent)).toBe(value)
  })

  test('brings commit timestamps as seconds and nanoseconds', () => {
    const spelled = '2026-11-01T10:00:00.000001000Z'
    const seconds = Date.parse('2026-11-01T10:00:00Z') / 1000
    expect(formatTimestamp({ seconds: String(seconds), nanos: 1000 })).toBe(spelled)
    expect(() => formatTimestamp(undefined)).toThrow('without a timestamp')
  })
})
