import type { ColumnType, ScalarType } from '../../values/column-types.ts'
import type { Value } from '../../values/value.ts'
import type { Column } from '../table.ts'
import { numericPattern } from './numeric-text.ts'

/**
 * Return why Spanner would refuse this value in this column, so that the embedded store refuses it
 * too; undefined when it would not. Pure. The answer never quotes the value. Limits:
 * https://cloud.google.com/spanner/quotas, https://cloud.google.com/spanner/docs/data-types.
 */
export function checkValue(column: Column, value: Value): string | undefined {
  if (value === null) return column.notNull ? 'must not be NULL' : undefined
  if (!column.type.array) return checkScalar(column.type, value)
  if (!Array.isArray(value)) return 'is not an array'
  for (const element of value) {
    const fault = element === null ? undefined : checkScalar(column.type, element)
    if (fault) return `has an element that ${fault}`
  }
  return undefined
}

function checkScalar(type: ColumnType, value: Value): string | undefined {
  return valid[type.scalar](value) ? checkLength(type, value) : `is not a valid ${type.scalar}`
}

const maxLength = { STRING: 2_621_440, BYTES: 10_485_760 } as const

function checkLength({ scalar, length = 'MAX' }: ColumnType, value: Value): string | undefined {
  if ((scalar !== 'STRING' && scalar !== 'BYTES') || typeof value !== 'string') return undefined
  const limit = length === 'MAX' ? maxLength[scalar] : length
  const size = scalar === 'STRING' ? characters(value, limit) : Buffer.byteLength(value, 'base64')
  return size > limit ? `is longer than ${limit}` : undefined
}

/** Spanner counts code points; counting is needless where even the UTF-16 units are few enough. */
function characters(value: string, limit: number): number {
  return value.length <= limit ? value.length : Array.from(value).length
}

const matches = (pattern: RegExp) => (value: Value) =>
  typeof value === 'string' && pattern.test(value)

const valid: Readonly<Record<ScalarType, (value: Value) => boolean>> = {
  STRING: (value) => typeof value === 'string' && value.isWellFormed(),
  INT64: (value) => matches(/^(0|-?[1-9]\d{0,18})$/)(value) && isInt64(String(value)),
  FLOAT64: (value) => typeof value === 'number' && Number.isFinite(value),
  FLOAT32: (value) => typeof value === 'number' && Number.isFinite(Math.fround(value)),
  NUMERIC: matches(numericPattern),
  BOOL: (value) => typeof value === 'boolean',
  // One class, one loop: a repeated group overflows the stack on some megabytes.
  BYTES: (value) => matches(/^[A-Za-z0-9+/]*={0,2}$/)(value) && String(value).length % 4 === 0,
  DATE: (value) => matches(/^\d{4}-\d{2}-\d{2}$/)(value) && isDay(String(value)),
  TIMESTAMP: (value) =>
    matches(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{9}Z$/)(value) &&
    isDay(String(value).slice(0, 10)),
  JSON: isJson,
  UUID: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
}

const isInt64 = (text: string) => BigInt.asIntN(64, BigInt(text)) === BigInt(text)

/** True for a day of the years 1 to 9999. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return text >= '0001' && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isJson(value: Value): boolean {
  if (typeof value !== 'string' || !value.isWellFormed()) return false
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}
