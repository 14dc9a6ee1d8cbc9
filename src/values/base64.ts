import { Failure } from '../failures.ts'
import type { Json } from './json.ts'
import { refuseValue } from './value.ts'

/**
 * Decode standard base64 (RFC 4648 section 4): with padding, without line breaks, with unused bits
 * zero. Only one text stands for the same bytes, so what is kept as text and what is kept as bytes
 * cannot differ. The URL-safe alphabet is refused: neither Pub/Sub nor CloudEvents sends it.
 *
 * @param where what holds the text, for the message: `message.data`
 * @throws {Failure} BASE64_INVALID
 */
export function decodeBase64(text: string, where: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) {
    throw new Failure('BASE64_INVALID', `${where} is not standard base64 with padding`)
  }
  return bytes
}

/** Bytes of a BYTES(MAX): https://cloud.google.com/spanner/quotas#tables */
export const maxBytes = 10_485_760

/**
 * Take the bytes of a standard base64 string (RFC 4648 section 4) with its padding.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toBytes(value: Json, pointer: string, length: number | 'MAX' | undefined): string {
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a base64 string')
  const decoded = Buffer.from(value, 'base64')
  // The decoder skips what it does not know; only canonical text survives the way back.
  if (decoded.toString('base64') !== value) {
    return refuseValue(pointer, 'is not standard base64 with padding')
  }
  const limit = typeof length === 'number' ? length : maxBytes
  return decoded.length > limit ? refuseValue(pointer, `is longer than ${limit} bytes`) : value
}
