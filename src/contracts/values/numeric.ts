import type { Json } from '../../delivery/event.ts'
import { withoutEndZeros } from '../../delivery/without-end-zeros.ts'
import { refuseValue } from './refuse-value.ts'

// NUMERIC has 29 digits before and 9 after the point:
// https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#numeric_type
const integerDigits = 29
const fractionDigits = 9

const decimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/
const scientific = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/

/**
 * Take a NUMERIC from a JSON string in plain decimal digits, or from a JSON number: the shortest
 * decimal text of the double, which is what was sent unless its pointer is in `inexact`.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toNumeric(value: Json, pointer: string, inexact: ReadonlySet<string>): string {
  if (typeof value === 'number') return fromNumber(value, pointer, inexact)
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a decimal number')
  return fromText(value, pointer)
}

function fromNumber(value: number, pointer: string, inexact: ReadonlySet<string>): string {
  if (!Number.isFinite(value)) return refuseValue(pointer, 'is not a finite number')
  if (inexact.has(pointer)) {
    return refuseValue(pointer, 'is a number that would be rounded; send it as a string')
  }
  return fromText(expand(String(value)), pointer)
}

function fromText(text: string, pointer: string): string {
  const match = decimal.exec(text)
  if (!match) return refuseValue(pointer, 'is not a number in plain decimal digits')
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = withoutEndZeros(fraction)
  if (whole.length > integerDigits || digits.length > fractionDigits) {
    return refuseValue(pointer, 'has more than 29 digits before or 9 digits after the point')
  }
  const unsigned = digits ? `${whole}.${digits}` : whole
  return unsigned === '0' ? '0' : sign + unsigned
}

/** Spell JavaScript's exponent form, such as `1.5e-7`, in plain digits. */
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
