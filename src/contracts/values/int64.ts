import type { Json } from '../../delivery/event.ts'
import { refuseValue } from './refuse-value.ts'

const decimal = /^-?(?:0|[1-9]\d{0,18})$/
const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)

/**
 * Take an INT64 from a JSON string, as protobuf writes it, or from an integer that a double holds
 * exactly. `-0` is `0`.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toInt64(value: Json, pointer: string, inexact: ReadonlySet<string>): string {
  if (typeof value === 'number') return fromNumber(value, pointer, inexact)
  if (typeof value !== 'string') return refuseValue(pointer, 'is not an integer')
  if (!decimal.test(value)) return refuseValue(pointer, 'is not an integer in plain decimal digits')
  if (value === '-0') return '0'
  return value.length < 19 || isInt64(BigInt(value))
    ? value
    : refuseValue(pointer, 'is outside of the range of INT64')
}

/** Tell whether an integer is in the range of INT64. */
export function isInt64(value: bigint): boolean {
  return value >= smallest && value <= largest
}

function fromNumber(value: number, pointer: string, inexact: ReadonlySet<string>): string {
  if (!Number.isInteger(value)) return refuseValue(pointer, 'is not an integer')
  return Number.isSafeInteger(value) && !inexact.has(pointer)
    ? String(value + 0)
    : refuseValue(pointer, 'is an integer that would be rounded; send it as a string')
}
