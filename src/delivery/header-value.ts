import { isUtf8 } from 'node:buffer'
import { Failure } from '../failures.ts'

/**
 * Read the text of a header line. Node hands over the bytes of a header as one character each, and
 * Pub/Sub attributes are UTF-8; bytes that are not stay one character each.
 */
export function headerText(line: string): string {
  const bytes = bytesOf(line)
  return isUtf8(bytes) ? bytes.toString() : line
}

/**
 * Decode the value of a `ce-` header: unquote, then one round of percent-decoding
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values).
 * A value with a `%` that no two hex digits follow was not encoded by anyone, and stays as it is.
 * Senders that do not encode (sdk-go, sdk-java) put UTF-8 into the header; both are read here.
 *
 * @throws {Failure} ATTRIBUTE_INVALID when the bytes are not UTF-8, so that nobody guesses a charset
 */
export function decodeHeaderValue(line: string): string {
  const value = unquote(line.trim())
  if (!value.includes('%') || /%(?![0-9A-Fa-f]{2})/.test(value)) {
    return utf8(bytesOf(value))
  }
  const [first = '', ...rest] = value.split('%')
  const parts = rest.flatMap((part) => [
    Buffer.from(part.slice(0, 2), 'hex'),
    bytesOf(part.slice(2))
  ])
  return utf8(Buffer.concat([bytesOf(first), ...parts]))
}

/** RFC 9110 quoted-string; text that only looks like one stays as it is. */
function unquote(value: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/.test(value)) return value
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}

function bytesOf(text: string): Buffer {
  // A character beyond one byte never came from a socket: it was decoded before.
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1')
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Failure('ATTRIBUTE_INVALID', 'a header value is not UTF-8')
  return bytes.toString()
}
