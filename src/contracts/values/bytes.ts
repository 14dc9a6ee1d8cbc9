import type { Json } from '../../delivery/event.ts'
import type { ColumnType } from '../../store/table.ts'
import { refuseValue } from './refuse-value.ts'

/** Bytes of a BYTES(MAX): https://cloud.google.com/spanner/quotas#tables */
export const maxBytes = 10_485_760

/**
 * Take the bytes of a standard base64 string (RFC 4648 section 4) with its padding.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toBytes(value: Json, pointer: string, length: ColumnType['length']): string {
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a base64 string')
  const decoded = Buffer.from(value, 'base64')
  // The decoder skips what it does not know; only canonical text survives the way back.
  if (decoded.toString('base64') !== value) {
    return refuseValue(pointer, 'is not standard base64 with padding')
  }
  const limit = typeof length === 'number' ? length : maxBytes
  return decoded.length > limit ? refuseValue(pointer, `is longer than ${limit} bytes`) : value
}
