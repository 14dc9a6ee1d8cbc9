import { isUtf8 } from 'node:buffer'
import { Failure } from '../failures.ts'
import { checkAttributes } from './attributes.ts'
import { withData } from './data.ts'
import type { Claims, DecodedEvent, Delivery } from './event.ts'
import { declaredType } from './headers.ts'
import type { Known } from './provenance.ts'

const marks = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type']

/**
 * Report whether these names are those of a CloudEvent in binary mode. One of the four required
 * attributes is enough: a sender that leaves out the others has sent a broken CloudEvent.
 */
export function hasEventAttributes(named: Readonly<Record<string, unknown>>): boolean {
  return marks.some((mark) => Object.hasOwn(named, mark))
}

/**
 * Read a CloudEvent of the HTTP binding's binary mode: attributes in headers, data in the body.
 *
 * @throws {Failure} ATTRIBUTE_INVALID, and what `eventOf` throws
 */
export function readBinary({ headers, body }: Delivery, known: Known): DecodedEvent {
  const claims: [string, string][] = []
  const faults: Failure[] = []
  for (const [header, lines] of Object.entries(headers)) {
    if (!header.startsWith('ce-')) continue
    const name = header.slice('ce-'.length)
    const value = decodeLines(name, lines)
    if (value instanceof Failure) faults.push(value)
    else if (value !== undefined) claims.push([name, value])
  }
  if (new Set(headers['content-type']).size > 1) {
    faults.push(new Failure('ATTRIBUTE_INVALID', 'there are two Content-Type headers that differ'))
  }
  known.claims = Object.fromEntries(claims)
  if (faults[0]) throw faults[0]
  return eventOf(known.claims, declaredType(headers), body)
}

function decodeLines(name: string, lines: readonly string[]): string | Failure | undefined {
  if (lines.length > 1) {
    return new Failure('ATTRIBUTE_INVALID', `the header of attribute ${shown(name)} is repeated`)
  }
  try {
    return lines[0] === undefined ? undefined : decodeHeaderValue(lines[0])
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return new Failure('ATTRIBUTE_INVALID', `the header of attribute ${shown(name)} is not UTF-8`)
  }
}

/**
 * Make an event of a binary mode from its attributes and the bytes of its data. The content type of
 * the transport is its `datacontenttype`. A `ce-datacontenttype`, which the HTTP binding forbids and
 * Eventarc sends in Pub/Sub attributes, counts only where the transport has no content type.
 *
 * @throws {Failure} what `checkAttributes` and `withData` throw
 */
export function eventOf(
  claims: Claims,
  contentType: string | undefined,
  bytes: Buffer
): DecodedEvent {
  const declared = contentType === undefined ? claims : { ...claims, datacontenttype: contentType }
  return withData(checkAttributes(declared), bytes)
}

const shown = (name: string) => JSON.stringify(name.slice(0, 64).toWellFormed())

/**
 * Read the text of a header line. Node returns each byte of a header as one character, and Pub/Sub
 * attributes are UTF-8. Bytes that are not UTF-8 stay one character each.
 */
export function headerText(line: string): string {
  const bytes = bytesOf(line)
  return isUtf8(bytes) ? bytes.toString() : line
}

/**
 * Decode the value of a `ce-` header: unquote, then one round of percent-decoding
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values).
 * A value with a `%` that is not followed by two hex digits was never encoded, and stays as it is.
 * Senders that do not encode (sdk-go, sdk-java) put UTF-8 into the header; both are read here.
 *
 * @throws {Failure} ATTRIBUTE_INVALID when the bytes are not UTF-8: a charset is never guessed
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

/** Remove the quotes of an RFC 9110 quoted-string; text that only looks like one stays as it is. */
function unquote(value: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/.test(value)) return value
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}

function bytesOf(text: string): Buffer {
  // A character beyond one byte did not come from a socket: it was decoded before.
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1')
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Failure('ATTRIBUTE_INVALID', 'a header value is not UTF-8')
  return bytes.toString()
}
