import { Failure } from '../failures.ts'
import { decodeBase64 } from '../values/base64.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { type ParsedJson, parseJson } from '../values/json-parse.ts'
import { limits } from '../values/limits.ts'
import { checkAttributes } from './attributes.ts'
import { withData } from './data.ts'
import type { CloudEvent, DecodedEvent } from './event.ts'
import { isJsonType, isTextType } from './headers.ts'
import type { Known } from './provenance.ts'

/**
 * Read one CloudEvent in the JSON format. The depth cap applies to its data, one level below.
 *
 * @throws {Failure} BODY_EMPTY, ENVELOPE_UNKNOWN, and what `parseJson`, `checkAttributes`,
 *   `decodeBase64` and `withData` throw
 */
export function readStructured(bytes: Buffer, known: Known): DecodedEvent {
  if (bytes.length === 0) throw new Failure('BODY_EMPTY', 'there is no body, so there is no event')
  const parsed = parseJson(bytes, limits.jsonDepth.ours + 1)
  if (!isObject(parsed.value)) {
    throw new Failure('ENVELOPE_UNKNOWN', 'a structured CloudEvent is a JSON object; this is not')
  }
  const { data, data_base64, ...attributes } = parsed.value
  // An event in a message that says nothing about itself is known by the event around it.
  if (Object.keys(attributes).length > 0) known.claims = attributes
  return withMembers(checkAttributes(attributes), parsed.value, parsed)
}

function withMembers(
  event: CloudEvent,
  members: JsonObject,
  { inexact }: ParsedJson
): DecodedEvent {
  const { data, data_base64: base64 } = members
  if (base64 === undefined || base64 === null) {
    return { event: data === undefined ? event : { ...event, data }, inexact }
  }
  if (data !== undefined) {
    throw new Failure('DATA_AMBIGUOUS', 'the event has both data and data_base64')
  }
  if (typeof base64 !== 'string') throw new Failure('BASE64_INVALID', 'data_base64 is not a string')
  const bytes = decodeBase64(base64, 'data_base64')
  // With a type that says so, the bytes are read as in binary mode: one event, one form of data.
  const type = event.datacontenttype
  if (type !== undefined && (isJsonType(type) || isTextType(type))) return withData(event, bytes)
  return { event: { ...event, data_base64: base64 }, inexact }
}
