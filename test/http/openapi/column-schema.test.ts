import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowSchema, valueSchema } from '../../../src/http/openapi/column-schema.ts'
import { rowWriter } from '../../../src/http/read/row-json.ts'
import { columnOf } from '../../../src/store/table.ts'
import { toTimestamp } from '../../../src/values/calendar.ts'
import { toInt64, toNumeric } from '../../../src/values/numeric.ts'
import type { Row, Value } from '../../../src/values/value.ts'
import { samples } from '../collections.ts'

const fields = samples.table.columns.map(({ name }) => name)
const everyField = { ...samples, read: { ...samples.read, fields } }

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
addFormats.default(ajv)
const isRow = ajv.compile(rowSchema(everyField))

const none = new Set<string>()
const digits = (max: number) =>
  fc.integer({ min: 1, max }).chain((n) => fc.stringMatching(new RegExp(`^[0-9]{${n}}$`)))
const trimmed = (text: string) => text.replace(/^0+(?=\d)/, '')

/** Stored values, made by the conversions of events. */
const values: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  STRING: fc.string({ unit: 'grapheme' }),
  INT64: fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((n) => toInt64(String(n), '', none)),
  FLOAT64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  NUMERIC: fc
    .tuple(fc.constantFrom('', '-'), digits(29).map(trimmed), digits(9))
    .map(([sign, whole, fraction]) => toNumeric(`${sign}${whole}.${fraction}`, '', none)),
  BOOL: fc.boolean(),
  BYTES: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  DATE: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10)),
  TIMESTAMP: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => toTimestamp(date.toISOString(), '')),
  JSON: fc.json(),
  UUID: fc.uuid()
}

function cellOf(name: string): fc.Arbitrary<Value> {
  const { type, notNull } = columnOf(samples.table, name)
  const one = values[type.scalar] ?? fc.constant(null)
  const value = type.array ? fc.array(fc.option(one)) : one
  return notNull ? value : fc.option(value)
}

const anyRow: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(fields.map((name) => [name, cellOf(name)]))
)

test('every row as it is written is valid by the schema of its collection', () => {
  const write = rowWriter(samples.table, fields)
  fc.assert(
    fc.property(anyRow, (row) => {
      isRow(JSON.parse(write(row)))
      expect(isRow.errors).toBe(null)
    }),
    { numRuns: 300 }
  )
})

test.each<[string, Value | undefined]>([
  ['int64', 7],
  ['int64', '007'],
  ['numeric', 1.5],
  ['numeric', '1.50'],
  ['bool', 'true'],
  ['date', '2026-13-01'],
  ['timestamp', '2026-11-01'],
  ['uuid', 'no'],
  ['string', null],
  ['int64s', [7]]
])('a row whose %s is %j is not valid', (name, value) => {
  const row = Object.fromEntries(fields.map((field) => [field, null]))
  const stamp = '2026-11-01T10:00:00Z'
  const good = { ...row, string: 'a', event_version: stamp, event_key: 'k', committed_at: stamp }
  expect(isRow(good)).toBe(true)
  expect(isRow({ ...good, [name]: value })).toBe(false)
})

test('a length counts characters, and BYTES have none', () => {
  const text = { scalar: 'STRING', array: false, length: 3 } as const
  expect(ajv.validate(valueSchema(text), '🎈🎈🎈')).toBe(true)
  expect(ajv.validate(valueSchema(text), 'abcd')).toBe(false)
  expect(valueSchema({ scalar: 'BYTES', array: false, length: 3 })).not.toHaveProperty('maxLength')
})
