import { describe, expect, test } from 'vitest'
import { encode, encodeBatch } from '../../../dev/simulator/encode.ts'
import { type Encoded, eventEnvelopes } from '../../../dev/simulator/envelopes.ts'
import type { SentEvent } from '../../../dev/simulator/sent-event.ts'
import { decode } from '../../../src/delivery/decode.ts'

const event: SentEvent = {
  specversion: '1.0',
  id: 'o-1/placed',
  source: '//example.com/shop',
  type: 'com.example.item.changed.v1',
  time: '2026-11-01T08:00:00.000Z',
  subject: 'Überraschung – "50 %" 🍵',
  data: '{"id":"a","value":"grün 🍵","price":"1.50"}'
}
const hop = { messageId: '8000000000000001', publishTime: '2026-11-01T08:00:01Z', attempt: 2 }

const arrivals = ({ headers, body }: Encoded) =>
  decode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, [text]])),
    body: Buffer.from(body)
  })

describe.each(eventEnvelopes)('in the envelope %s', (envelope) => {
  const [arrival, ...others] = arrivals(encode(envelope, event, hop))

  test('the event arrives alone and unchanged', () => {
    expect(others).toEqual([])
    expect(arrival).toMatchObject({
      event: {
        specversion: '1.0',
        id: event.id,
        source: event.source,
        type: event.type,
        time: event.time,
        subject: event.subject,
        data: JSON.parse(event.data)
      }
    })
  })
})

test('the envelopes are what their names say', () => {
  const kinds = eventEnvelopes.map((envelope) => [
    envelope,
    arrivals(encode(envelope, event, hop))[0]?.provenance.envelope
  ])
  expect(Object.fromEntries(kinds)).toEqual({
    'CloudEvents binary': 'cloudevents-binary',
    'CloudEvents structured': 'cloudevents-structured',
    'CloudEvents batch': 'cloudevents-batch',
    'Pub/Sub wrapped, binary event': 'pubsub-wrapped',
    'Pub/Sub wrapped, structured event': 'pubsub-wrapped',
    // Attributes become headers, and a CloudEvent in them is one of HTTP's binary mode.
    'Pub/Sub unwrapped': 'cloudevents-binary',
    'Eventarc fallback': 'pubsub-wrapped',
    'Eventarc messagePublished': 'cloudevents-binary'
  })
})

test('a plain message contains no other event', () => {
  const [arrival] = arrivals(encode('Pub/Sub wrapped, plain message', event, hop))
  expect(arrival).toMatchObject({
    event: { id: hop.messageId, type: 'google.cloud.pubsub.topic.v1.messagePublished' }
  })
})

test('a batch carries its events in order', () => {
  const batch = encodeBatch([event, { ...event, id: 'o-2/placed' }])
  const ids = arrivals(batch).map(({ provenance }) => provenance.eventId)
  expect(ids).toEqual(['o-1/placed', 'o-2/placed'])
})
