import { Failure } from '../failures.ts'
import type { Json } from './json.ts'
import { limits } from './limits.ts'
import { refuseValue } from './value.ts'

/**
 * Decode standard base64 (RFC 4648 section 4): with padding, without line breaks, with unused bits
 * zero. Only one text stands for the same bytes, so what is kept as text and what is kept as bytes
 * cannot differ. The URL-safe alphabet is refused: neither Pub/Sub nor CloudEvents sends it.
 *
 * @param where where the text stands, for the message: `message.data`
 * @throws {Failure} BASE64_INVALID
 */
export function decodeBase64(text: string, where: string): Buffer {
  const bytes = decodeCanonical(text)
  if (bytes) return bytes
  throw new Failure('BASE64_INVALID', `${where} is not standard base64 with padding`)
}

/** The decoder skips what it does not know; only canonical text survives the way back. */
function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/**
 * Convert a standard base64 string (RFC 4648 section 4) with its padding; `length` counts bytes.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toBytes(value: Json, pointer: string, length: number | 'MAX' = 'MAX'): string {
  if (typeof value !== 'string') return refuseValue(pointer, 'is not a base64 string')
  const bytes = decodeCanonical(value)
  if (!bytes) return refuseValue(pointer, 'is not standard base64 with padding')
  const limit = length === 'MAX' ? limits.cellBytes.ours : length
  return bytes.length > limit ? refuseValue(pointer, `is longer than ${limit} bytes`) : value
}
