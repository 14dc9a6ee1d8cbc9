import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowWriter } from '../../../src/http/read/row-json.ts'
import type { Row } from '../../../src/values/value.ts'
import { samples } from '../collections.ts'

const write = (row: Row) => rowWriter(samples.table, Object.keys(row))(row)

const rows: readonly [string, Row, string][] = [
  ['STRING', { string: 'a"\u2028é' }, '{"string":"a\\"\u2028é"}'],
  ['INT64 as a string', { int64: '9223372036854775807' }, '{"int64":"9223372036854775807"}'],
  ['NUMERIC as a string', { numeric: '0.000000001' }, '{"numeric":"0.000000001"}'],
  ['FLOAT64 as a number', { float64: 1.5 }, '{"float64":1.5}'],
  ['BOOL', { bool: false }, '{"bool":false}'],
  ['BYTES as base64', { bytes: '/+8=' }, '{"bytes":"/+8="}'],
  ['DATE', { date: '2026-11-01' }, '{"date":"2026-11-01"}'],
  [
    'TIMESTAMP without a fraction',
    { timestamp: '2026-11-01T10:00:00.000000000Z' },
    '{"timestamp":"2026-11-01T10:00:00Z"}'
  ],
  [
    'TIMESTAMP with the fraction it has',
    { timestamp: '2026-11-01T10:00:00.010203000Z' },
    '{"timestamp":"2026-11-01T10:00:00.010203Z"}'
  ],
  [
    'TIMESTAMP to the nanosecond',
    { timestamp: '2026-11-01T10:00:00.000000001Z' },
    '{"timestamp":"2026-11-01T10:00:00.000000001Z"}'
  ],
  ['JSON embedded', { json: '{"a":[1,null]}' }, '{"json":{"a":[1,null]}}'],
  ['a JSON null like any JSON', { json: 'null' }, '{"json":null}'],
  [
    'UUID',
    { uuid: '2d1c4a3e-0f5b-4c6d-8e7f-001122334455' },
    '{"uuid":"2d1c4a3e-0f5b-4c6d-8e7f-001122334455"}'
  ],
  ['ARRAY with its NULLs', { int64s: ['1', null] }, '{"int64s":["1",null]}'],
  ['ARRAY of JSON', { jsons: ['{}', '"a"'] }, '{"jsons":[{},"a"]}'],
  ['an empty ARRAY', { int64s: [] }, '{"int64s":[]}'],
  ['NULL', { string: null, int64s: null, json: null }, '{"string":null,"int64s":null,"json":null}']
]

test.each(rows)('a row spells %s', (_name, row, expected) => {
  expect(write(row)).toBe(expected)
})

test('fields come in the order of the collection, and an absent one is null', () => {
  expect(rowWriter(samples.table, ['bool', 'string'])({ string: 'a' })).toBe(
    '{"bool":null,"string":"a"}'
  )
})

test('whatever a row holds, its text is the JSON of it', () => {
  const any = fc.record({
    string: fc.string({ unit: 'binary' }),
    float64: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    json: fc.json()
  })
  fc.assert(
    fc.property(any, (row) => {
      expect(JSON.parse(write(row))).toEqual({ ...row, json: JSON.parse(row.json) })
    })
  )
})
