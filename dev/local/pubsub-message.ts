import type { CloudEvent } from '../../src/delivery/event.ts'
import { isJsonType } from '../../src/delivery/headers.ts'
import type { Json } from '../../src/values/json.ts'

/** What a publisher puts into a Pub/Sub message. */
export interface PubSubMessage {
  readonly data: Buffer
  readonly attributes: Readonly<Record<string, string>>
}

const json = 'application/json'

/**
 * Put an event into a message according to the protocol binding: attributes beside the data, or in
 * structured mode one JSON document
 * (https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md).
 */
export function toPubSubMessage(event: CloudEvent, structured: boolean): PubSubMessage {
  if (structured) {
    const attributes = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
    return { data: Buffer.from(JSON.stringify(event)), attributes }
  }
  const { data, data_base64, datacontenttype = json, ...context } = event
  const named = Object.entries(context).map(([name, value]) => [`ce-${name}`, String(value)])
  const bytes =
    data_base64 === undefined
      ? Buffer.from(dataText(data, datacontenttype))
      : Buffer.from(data_base64, 'base64')
  return {
    data: bytes,
    attributes: { ...Object.fromEntries(named), 'content-type': datacontenttype }
  }
}

/** In the JSON form of an event, text that is not JSON is a string. */
function dataText(data: Json | undefined, type: string): string {
  if (data === undefined) return ''
  return typeof data === 'string' && !isJsonType(type) ? data : JSON.stringify(data)
}
