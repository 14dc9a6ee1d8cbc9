import { expect, test } from 'vitest'
import { formatValue, parseValue } from '../../../src/http/read/key.ts'
import type { ScalarType } from '../../../src/values/column-types.ts'
import type { Value } from '../../../src/values/value.ts'
import { refusal } from '../refusal.ts'

const parse = (scalar: ScalarType, text: string) =>
  parseValue({ scalar, array: false }, text, 'QUERY_INVALID', 'field')

const accepted: readonly [ScalarType, string, Value][] = [
  ['STRING', 'true', 'true'],
  ['INT64', '-9223372036854775808', '-9223372036854775808'],
  ['FLOAT64', '-1.5e3', -1500],
  ['FLOAT32', '0.5', 0.5],
  ['NUMERIC', '12.500', '12.5'],
  ['BOOL', 'true', true],
  ['BOOL', 'false', false],
  ['BYTES', '/+8=', '/+8='],
  ['DATE', '2024-02-29', '2024-02-29'],
  ['TIMESTAMP', '2026-11-01T01:00:00+01:00', '2026-11-01T00:00:00.000000000Z'],
  ['UUID', '2D1C4A3E-0F5B-4C6D-8E7F-001122334455', '2d1c4a3e-0f5b-4c6d-8e7f-001122334455']
]

test.each(accepted)('%s %s is read exactly', (scalar, text, expected) => {
  const value = parse(scalar, text)
  expect(value).toBe(expected)
  expect(value !== null && parse(scalar, formatValue(value))).toBe(expected)
})

const refused: readonly [ScalarType, string][] = [
  ['INT64', '1e3'],
  ['FLOAT64', ''],
  ['FLOAT64', 'NaN'],
  ['FLOAT64', '0x10'],
  ['FLOAT64', ' 1'],
  ['FLOAT64', '1e400'],
  ['NUMERIC', '1e3'],
  ['BOOL', '1'],
  ['BOOL', 'TRUE'],
  ['BYTES', '_-8='],
  ['DATE', '2023-02-29'],
  ['TIMESTAMP', '2026-11-01'],
  ['UUID', '2d1c4a3e0f5b4c6d8e7f001122334455']
]

test.each(refused)('%s "%s" is refused with its type and without its text', (scalar, text) => {
  const message = refusal(() => parse(scalar, text))
  expect(message).toMatch(/^QUERY_INVALID: field: /)
  expect(message).toContain(`(type ${scalar})`)
  if (text.trim().length > 2) expect(message.replace(scalar, '')).not.toContain(text)
})
