import { Failure } from '../failures.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { parseJson } from '../values/json-parse.ts'
import { splitArray } from '../values/json-scan.ts'
import { hasEventAttributes, readBinary } from './binary.ts'
import { type Arrival, type Delivery, type Envelope, type Reading, refusal } from './event.ts'
import { cloudEventsMode, firstLine, isJsonType } from './headers.ts'
import type { Metadata } from './message.ts'
import { letterOf } from './provenance.ts'
import { readPublished, readPush } from './pubsub.ts'
import { readStructured } from './structured.ts'
import { headerMetadata, messageIdHeader, wrap } from './unwrapped.ts'

interface Opened {
  readonly envelope: Envelope
  readonly metadata: Metadata
  readonly reading: Reading
}

/**
 * Read the events of a delivery, in whatever form they came: the first of CloudEvents batched,
 * structured, binary; Pub/Sub wrapped, unwrapped. Pure, and never throws for an input: what cannot be
 * read is an arrival with the reason. A body that is still encoded could not be inflated. One event of a batch that cannot be read does not touch the
 * others; an empty batch has no arrivals. Nothing is invented: no id, no time, no source.
 */
export function decode(delivery: Delivery): readonly Arrival[] {
  if (isEncoded(delivery)) return [arrivalOf(delivery, refused(delivery, 'unknown', encoded()))]
  if (modeOf(delivery) === 'batch') return decodeBatch(delivery)
  return [arrivalOf(delivery, open(delivery))]
}

const modeOf = ({ headers }: Delivery) => cloudEventsMode(firstLine(headers, 'content-type'))

/** The edge takes the header away when it undoes the encoding. */
const isEncoded = ({ headers }: Delivery) => firstLine(headers, 'content-encoding') !== undefined

const encoded = () =>
  new Failure('BODY_ENCODING_INVALID', 'the body is not what its Content-Encoding says')

function decodeBatch(delivery: Delivery): readonly Arrival[] {
  try {
    if (delivery.body.length === 0) throw emptyBody()
    const headers = elementHeaders(delivery)
    return splitArray(delivery.body).map((body) => {
      const element = { headers, body }
      return arrivalOf(element, { ...open(element), envelope: 'cloudevents-batch' })
    })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [arrivalOf(delivery, refused(delivery, 'cloudevents-batch', error))]
  }
}

/**
 * An element is a structured event of its own. It does not keep the message id, which would give
 * all elements without an identity the same one.
 */
function elementHeaders({ headers }: Delivery): Delivery['headers'] {
  const { 'content-length': _length, [messageIdHeader]: _id, ...kept } = headers
  return { ...kept, 'content-type': ['application/cloudevents+json'] }
}

function open(delivery: Delivery): Opened {
  const { headers, body } = delivery
  const mode = modeOf(delivery)
  if (mode === 'unsupported') {
    const failure = new Failure('ENVELOPE_UNKNOWN', 'the format of the CloudEvent is not JSON')
    return refused(delivery, 'cloudevents-structured', failure)
  }
  if (mode === 'structured') return opened(delivery, 'cloudevents-structured', readStructured(body))
  if (hasEventAttributes(headers))
    return opened(delivery, 'cloudevents-binary', readBinary(delivery))
  return openPush(delivery)
}

function opened(delivery: Delivery, envelope: Envelope, reading: Reading): Opened {
  const published = readPublished(reading)
  const metadata = { ...published?.metadata, ...headerMetadata(delivery.headers) }
  return { envelope, metadata, reading: withKnown(published?.reading, reading) }
}

/** A message that is refused without naming itself is still known by the event it came in. */
function withKnown(inner: Reading | undefined, outer: Reading): Reading {
  if (!inner) return outer
  const nameless = 'reason' in inner.content && Object.keys(inner.claims).length === 0
  return nameless ? { ...inner, claims: outer.claims } : inner
}

function openPush(delivery: Delivery): Opened {
  const { headers, body } = delivery
  const unwrapped = firstLine(headers, messageIdHeader) !== undefined
  const json = body.length === 0 ? emptyBody() : parseBody(delivery)
  if (!(json instanceof Failure) && isPush(json, unwrapped)) {
    return { envelope: 'pubsub-wrapped', ...readPush(json) }
  }
  if (unwrapped) return { envelope: 'pubsub-unwrapped', ...readPush(wrap(delivery)) }
  return refused(delivery, 'unknown', json instanceof Failure ? json : unknown(json))
}

function parseBody({ headers, body }: Delivery): JsonObject | Failure {
  try {
    const { value } = parseJson(body)
    return isObject(value) ? value : unknown({})
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const declared = isJsonType(firstLine(headers, 'content-type') ?? '')
    const meant = declared || error.code !== 'JSON_INVALID' || /^\s*[{[]/.test(opening(body))
    return meant ? error : unknown({})
  }
}

const opening = (body: Buffer) => body.toString('latin1', 0, 64).replace('\xef\xbb\xbf', '')

/**
 * A push body has a message and a subscription; with one of them it is a broken one. Beside the
 * headers of an unwrapped push, which a wrapped one never has, it must have its message id too:
 * otherwise it is somebody's payload with such members.
 */
function isPush({ message, subscription }: JsonObject, unwrapped: boolean): boolean {
  const named = typeof subscription === 'string'
  if (!unwrapped) return isObject(message) || named
  return named && isObject(message) && ('messageId' in message || 'message_id' in message)
}

function unknown(json: JsonObject): Failure {
  const detail =
    'specversion' in json
      ? 'the body looks like a CloudEvent; its Content-Type must be application/cloudevents+json'
      : 'there are no ce- headers, no CloudEvents content type and no Pub/Sub message'
  return new Failure('ENVELOPE_UNKNOWN', detail)
}

function emptyBody(): Failure {
  return new Failure('BODY_EMPTY', 'there is no body, and no event in the headers')
}

function refused({ headers }: Delivery, envelope: Envelope, failure: Failure): Opened {
  const reading = { claims: {}, content: refusal(failure) }
  return { envelope, metadata: headerMetadata(headers), reading }
}

function arrivalOf(delivery: Delivery, { envelope, metadata, reading }: Opened): Arrival {
  const { publishTime, orderingKey } = metadata
  return {
    envelope,
    letter: letterOf(delivery, reading, metadata),
    ...(publishTime !== undefined && { publishTime }),
    ...(orderingKey !== undefined && { orderingKey }),
    content: reading.content
  }
}
