import { Failure } from '../failures.ts'

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
