import { isUtf8 } from 'node:buffer'
import { isFailure } from '../failures.ts'
import type { Json } from '../values/json.ts'
import { parseJson } from '../values/json-parse.ts'
import { limits } from '../values/limits.ts'
import type { CloudEvent, DecodedEvent } from './event.ts'
import { isJsonType, isTextType } from './headers.ts'

interface Data {
  readonly data?: Json
  readonly data_base64?: string
  readonly inexact: ReadonlySet<string>
}

/**
 * Add the data of an event to its attributes. JSON must parse; UTF-8 text becomes a string; anything
 * else stays bytes. Without bytes there is no data. Without a content type it is JSON when it parses:
 * Eventarc Advanced sends none, and the CloudEvents default is JSON.
 *
 * @throws {Failure} what `parseJson` throws
 */
export function withData(event: CloudEvent, bytes: Buffer): DecodedEvent {
  const { inexact, ...data } = read(bytes, event.datacontenttype)
  return { event: { ...event, ...data }, inexact }
}

function read(bytes: Buffer, type: string | undefined): Data {
  if (bytes.length === 0) return { inexact: new Set() }
  if (type === undefined) return readUndeclared(bytes)
  if (isJsonType(type)) return readJson(bytes)
  if (isTextType(type) && isUtf8(bytes)) return { data: bytes.toString(), inexact: new Set() }
  return asBytes(bytes)
}

function readJson(bytes: Buffer): Data {
  const { value, inexact } = parseJson(bytes, limits.jsonDepth.ours, '/data')
  return { data: value, inexact }
}

function readUndeclared(bytes: Buffer): Data {
  try {
    return readJson(bytes)
  } catch (error) {
    if (isFailure(error) && error.code === 'JSON_INVALID') return asBytes(bytes)
    throw error
  }
}

const asBytes = (bytes: Buffer): Data => ({
  data_base64: bytes.toString('base64'),
  inexact: new Set()
})
