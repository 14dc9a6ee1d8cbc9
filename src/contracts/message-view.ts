import type { CloudEvent } from '../delivery/event.ts'
import { isObject, parseJson } from '../delivery/json.ts'
import type { View } from './scope.ts'

/**
 * See a Pub/Sub message as its publisher wrote it: the decoded body is `/data`, and the attributes
 * are `/attributes/…`. A message without a body has no `/data`.
 *
 * @throws {Failure} what `parseJson` throws when the body is not JSON
 */
export function messageView(event: CloudEvent): View {
  const message = isObject(event.data) ? event.data['message'] : undefined
  const { data, attributes } = isObject(message) ? message : {}
  const { data: _, ...envelope } = event
  const seen = { ...envelope, attributes: attributes ?? {} }
  if (typeof data !== 'string' || data === '') return { event: seen, inexact: new Set() }
  const { value, inexact } = parseJson(Buffer.from(data, 'base64'), undefined, '/data')
  return { event: { ...seen, data: value }, inexact }
}
