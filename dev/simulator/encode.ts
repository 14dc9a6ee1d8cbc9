import type { Encoded, EnvelopeName, Hop } from './envelopes.ts'
import { type PublishedMessage, push, pushByEventarc, pushUnwrapped } from './pubsub-push.ts'
import type { SentEvent } from './sent-event.ts'

type Encode = (event: SentEvent, hop: Hop) => Encoded

const json = 'application/json'
const structuredType = 'application/cloudevents+json; charset=utf-8'

const encoders: Readonly<Record<EnvelopeName, Encode>> = {
  'CloudEvents binary': (event) => ({
    path: '/events',
    headers: { ...named(event, encodeHeader), 'content-type': json },
    body: event.data
  }),
  'CloudEvents structured': (event) => ({
    path: '/events',
    headers: { 'content-type': structuredType },
    body: structured(event)
  }),
  'CloudEvents batch': (event) => encodeBatch([event]),
  'Pub/Sub wrapped, binary event': (event, hop) => push(binaryMessage(event), hop),
  'Pub/Sub wrapped, structured event': (event, hop) => push(structuredMessage(event), hop),
  'Pub/Sub wrapped, plain message': ({ data }, hop) => push({ data, attributes: {} }, hop),
  'Pub/Sub unwrapped': (event, hop) => pushUnwrapped(binaryMessage(event), hop),
  'Eventarc fallback': (event, hop) => ({
    ...push(fallbackMessage(event), hop),
    path: '/?__GCP_CloudEventsMode=CE_PUBSUB_BINDING'
  }),
  'Eventarc messagePublished': (event, hop) => pushByEventarc(binaryMessage(event), hop)
}

/** Put one event into an envelope. */
export function encode(envelope: EnvelopeName, event: SentEvent, hop: Hop): Encoded {
  return encoders[envelope](event, hop)
}

/** Put events into one request of the CloudEvents batch mode. */
export function encodeBatch(events: readonly SentEvent[]): Encoded {
  return {
    path: '/events',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: `[${events.map(structured).join(',')}]`
  }
}

/** The JSON format; the data is text already. */
function structured({ data, ...attributes }: SentEvent): string {
  const members = JSON.stringify({ ...attributes, datacontenttype: json })
  return `${members.slice(0, -1)},"data":${data}}`
}

function binaryMessage(event: SentEvent): PublishedMessage {
  return { data: event.data, attributes: { ...named(event, asIs), 'content-type': json } }
}

function structuredMessage(event: SentEvent): PublishedMessage {
  return { data: structured(event), attributes: { 'content-type': structuredType } }
}

/** Eventarc has its own name for the content type of the data, which no binding defines. */
function fallbackMessage(event: SentEvent): PublishedMessage {
  return { data: event.data, attributes: { ...named(event, asIs), 'ce-datacontenttype': json } }
}

/** The attributes of an event by the names that they have in headers and in messages. */
function named(
  { data, ...attributes }: SentEvent,
  encode: (text: string) => string
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, text]) => [`ce-${name}`, encode(text)])
  )
}

const asIs = (text: string) => text

/** Percent-encode what the HTTP binding requires: space, `"`, `%` and all beyond ASCII. */
function encodeHeader(text: string): string {
  return text.replaceAll(/[^!#$&-~]+/gu, encodeURIComponent)
}
