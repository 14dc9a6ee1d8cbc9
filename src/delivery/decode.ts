import { Failure, isFailure, type Reason, reasonOf } from '../failures.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { parseJson } from '../values/json-parse.ts'
import { splitArray } from '../values/json-scan.ts'
import { hasEventAttributes, readBinary } from './binary.ts'
import type { DecodedEvent, Delivery, Envelope } from './event.ts'
import { cloudEventsMode, firstLine, type Headers, isJsonType } from './headers.ts'
import type { Metadata } from './message.ts'
import { type Known, type Provenance, provenanceOf } from './provenance.ts'
import { readPublished, readPush } from './pubsub.ts'
import { readStructured } from './structured.ts'
import { headerMetadata, messageIdHeader, wrap } from './unwrapped.ts'

/** One event of a delivery, with where it came from: the event, or the reason why there is none. */
export type Arrival = (DecodedEvent | { readonly reason: Reason }) & {
  readonly provenance: Provenance
}

/**
 * Read the events of a delivery, in whatever form they came: the first of CloudEvents batched,
 * structured, binary; Pub/Sub wrapped, unwrapped. Pure, and never throws for an input: what cannot
 * be read is an arrival with the reason. One event of a batch that cannot be read does not touch the
 * others; an empty batch has no arrivals. Nothing is invented: no id, no time, no source.
 */
export function decode(delivery: Delivery): readonly Arrival[] {
  const { headers } = delivery
  if (modeOf(headers) === 'batch' && !isEncoded(headers)) return decodeBatch(delivery)
  return [arrivalOf(delivery, nothingKnown('unknown', headerMetadata(headers)), readOne)]
}

/** Run a reader. What it refuses becomes the reason; anything else it throws is a bug. */
function arrivalOf(
  delivery: Delivery,
  known: Known,
  read: (delivery: Delivery, known: Known) => DecodedEvent
): Arrival {
  try {
    const decoded = read(delivery, known)
    return { ...decoded, provenance: provenanceOf(delivery, known, decoded.event) }
  } catch (error) {
    return refusalOf(delivery, known, error)
  }
}

function refusalOf(delivery: Delivery, known: Known, error: unknown): Arrival {
  if (!isFailure(error, 'dead-letter')) throw error
  return { reason: reasonOf(error), provenance: provenanceOf(delivery, known) }
}

function nothingKnown(envelope: Envelope, metadata: Metadata): Known {
  return { envelope, claims: {}, metadata }
}

const modeOf = (headers: Headers) => cloudEventsMode(firstLine(headers, 'content-type'))

/** The edge removes the header when it inflates the body. */
const isEncoded = (headers: Headers) => firstLine(headers, 'content-encoding') !== undefined

function decodeBatch(delivery: Delivery): readonly Arrival[] {
  try {
    if (delivery.body.length === 0) throw emptyBody()
    const headers = elementHeaders(delivery)
    const metadata = headerMetadata(headers)
    return splitArray(delivery.body).map((body) =>
      arrivalOf({ headers, body }, nothingKnown('cloudevents-batch', metadata), readElement)
    )
  } catch (error) {
    const metadata = headerMetadata(delivery.headers)
    return [refusalOf(delivery, nothingKnown('cloudevents-batch', metadata), error)]
  }
}

/**
 * An element is a structured event of its own. It does not keep the message id, which would give
 * all elements without an identity the same one.
 */
function elementHeaders({ headers }: Delivery): Headers {
  const { 'content-length': _length, [messageIdHeader]: _id, ...kept } = headers
  return { ...kept, 'content-type': ['application/cloudevents+json'] }
}

function readElement({ body }: Delivery, known: Known): DecodedEvent {
  return readPublished(readStructured(body, known), known)
}

function readOne(delivery: Delivery, known: Known): DecodedEvent {
  const { headers } = delivery
  if (isEncoded(headers)) {
    throw new Failure('BODY_ENCODING_INVALID', 'the body is not what its Content-Encoding says')
  }
  const mode = modeOf(headers)
  if (mode !== undefined) {
    known.envelope = 'cloudevents-structured'
    if (mode === 'structured') return readElement(delivery, known)
    throw new Failure('ENVELOPE_UNKNOWN', 'the format of the CloudEvent is not JSON')
  }
  if (hasEventAttributes(headers)) {
    known.envelope = 'cloudevents-binary'
    return readPublished(readBinary(delivery, known), known)
  }
  return readPushDelivery(delivery, known)
}

function readPushDelivery(delivery: Delivery, known: Known): DecodedEvent {
  const { headers, body } = delivery
  const unwrapped = firstLine(headers, messageIdHeader) !== undefined
  const json = body.length === 0 ? emptyBody() : parseBody(delivery)
  if (!(json instanceof Failure) && isPush(json, unwrapped)) {
    known.envelope = 'pubsub-wrapped'
    // Its body says everything about its message.
    known.metadata = {}
    return readPush(json, known)
  }
  if (unwrapped) {
    known.envelope = 'pubsub-unwrapped'
    return readPush(wrap(delivery), known)
  }
  throw json instanceof Failure ? json : unknown(json)
}

function parseBody({ headers, body }: Delivery): JsonObject | Failure {
  try {
    const { value } = parseJson(body)
    return isObject(value) ? value : unknown({})
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const declared = isJsonType(firstLine(headers, 'content-type') ?? '')
    const intended = declared || error.code !== 'JSON_INVALID' || /^\s*[{[]/.test(opening(body))
    return intended ? error : unknown({})
  }
}

const opening = (body: Buffer) => body.toString('latin1', 0, 64).replace('\xef\xbb\xbf', '')

/**
 * Report whether a body is a wrapped push: it has a message and a subscription, and with only one of
 * them it is a broken push. Next to the headers of an unwrapped push, which a wrapped one never has,
 * it must have a message id too: otherwise it is the publisher's own payload with such members.
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
