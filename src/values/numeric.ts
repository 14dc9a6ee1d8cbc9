import { withoutEndZeros } from './exact-numbers.ts'
import type { Json } from './json.ts'
import { refuseValue } from './value.ts'

const plainInteger = /^-?(?:0|[1-9]\d{0,18})$/
const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)

/**
 * Convert an INT64 from a JSON string, as protobuf writes it, or from an integer that a double
 * represents exactly. `-0` is `0`.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toInt64(value: Json, pointer: string, inexact: ReadonlySet<string>): string {
  if (typeof value === 'number') return int64FromNumber(value, pointer, inexact)
  if (typeof value !== 'string') return refuseValue(pointer, 'is not an integer')
  if (!plainInteger.test(value))
    return refuseValue(pointer, 'is not an integer in plain decimal digits')
  if (value === '-0') return '0'
  return value.length < 19 || isInt64(BigInt(value))
    ? value
    : refuseValue(pointer, 'is outside of the range of INT64')
}

/** Report whether an integer is in the range of INT64. */
function isInt64(value: bigint): boolean {
  return value >= smallest && value <= largest
}

function int64FromNumber(value: number, pointer: string, inexact: ReadonlySet<string>): string {
  if (!Number.isInteger(value)) return refuseValue(pointer, 'is not an integer')
  return Number.isSafeInteger(value) && !inexact.has(pointer)
    ? String(value + 0)
    : refuseValue(pointer, 'is an integer that would be rounded; send it as a string')
}

// NUMERIC has 29 digits before and 9 after the point:
// https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#numeric_type
const integerDigits = 29
const fractionDigits = 9

const plainDecimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/
const scientific = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/

/**
 * Convert a NUMERIC from a JSON string in plain decimal digits, or from a JSON number: the shortest
 * decimal text of the double, which is what was sent unless its pointer is in `inexact`.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toNumeric(value: Json, pointer: string, inexact: ReadonlySet<string>): string {
  if (typeof value === 'number') return numericFromNumber(value, pointer, inexact)
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a decimal number')
  return numericFromText(value, pointer)
}

function numericFromNumber(value: number, pointer: string, inexact: ReadonlySet<string>): string {
  if (!Number.isFinite(value)) return refuseValue(pointer, 'is not a finite number')
  if (inexact.has(pointer)) {
    return refuseValue(pointer, 'is a number that would be rounded; send it as a string')
  }
  return numericFromText(expand(String(value)), pointer)
}

function numericFromText(text: string, pointer: string): string {
  const match = plainDecimal.exec(text)
  if (!match) return refuseValue(pointer, 'is not a number in plain decimal digits')
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = withoutEndZeros(fraction)
  if (whole.length > integerDigits || digits.length > fractionDigits) {
    return refuseValue(pointer, 'has more than 29 digits before or 9 digits after the point')
  }
  const unsigned = digits ? `${whole}.${digits}` : whole
  return unsigned === '0' ? '0' : sign + unsigned
}

/** Write JavaScript's exponent form, such as `1.5e-7`, in plain digits. */
function expand(text: string): string {
  const match = scientific.exec(text)
  if (!match) return text
  const [, sign = '', head = '', tail = '', exponent = '0'] = match
  const point = 1 + Number(exponent)
  const digits = head + tail
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  // JavaScript uses a positive exponent from 1e21 on, beyond the at most 17 digits there are.
  return sign + digits.padEnd(point, '0')
}

/**
 * Convert a FLOAT64 or FLOAT32 from a finite JSON number. Rounding to the nearest float is what these
 * types mean; becoming infinite is not. `-0` is `0`, because JSON text would lose the sign.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toFloat(value: Json, pointer: string, bits: 32 | 64): number {
  if (typeof value !== 'number') return refuseValue(pointer, 'is not a number')
  const rounded = bits === 32 ? Math.fround(value) : value
  return Number.isFinite(rounded)
    ? rounded + 0
    : refuseValue(pointer, `is outside of the range of FLOAT${bits}`)
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Read a number written as JSON writes one; any other text stays text, for `toFloat` to refuse. */
export function numberFromText(text: string): Json {
  return jsonNumber.test(text) ? Number(text) : text
}

/** Add two INT64 values; undefined when the sum does not fit. */
export function addInt64(a: string, b: string): string | undefined {
  const sum = BigInt(a) + BigInt(b)
  return isInt64(sum) ? String(sum) : undefined
}

/** Add two NUMERIC values; undefined when the sum does not fit. */
export function addNumeric(a: string, b: string): string | undefined {
  const sum = toUnits(a) + toUnits(b)
  return sum > -numericLimit && sum < numericLimit ? fromUnits(sum) : undefined
}

/** A NUMERIC in units of its last fraction digit is an integer below this. */
const numericLimit = 10n ** BigInt(integerDigits + fractionDigits)

function toUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(fractionDigits, '0'))
}

function fromUnits(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(fractionDigits + 1, '0')
  const fraction = withoutEndZeros(digits.slice(-fractionDigits))
  return `${units < 0n ? '-' : ''}${digits.slice(0, -fractionDigits)}${fraction && `.${fraction}`}`
}
