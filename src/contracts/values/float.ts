import type { Json } from '../../delivery/event.ts'
import { refuseValue } from './refuse-value.ts'

/**
 * Take a FLOAT64 or FLOAT32 from a finite JSON number. Rounding to the nearest float is what these
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
