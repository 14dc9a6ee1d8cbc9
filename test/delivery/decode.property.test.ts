import { type CloudEventV1, HTTP, CloudEvent as SdkEvent } from 'cloudevents'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAttributeText } from '../../src/delivery/attributes.ts'
import { decode } from '../../src/delivery/decode.ts'
import type { CloudEvent, Delivery } from '../../src/delivery/event.ts'
import { base64, batch, binary, delivery, event, eventOf, push, structured } from './deliveries.ts'

const text = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter((value) => isAttributeText(value) && [...value].length <= maxLength)

const time = fc
  .tuple(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), fc.nat(999_999))
  .map(([date, nanos]) => date.toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`))

const exactJson = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) =>
    JSON.parse(
      JSON.stringify(value, (_, member) =>
        Number.isInteger(member) && !Number.isSafeInteger(member) ? 0 : member
      )
    )
  )
  .filter((value) => !/__proto__|constructor/.test(JSON.stringify(value)))

const data = fc.oneof(
  fc.constant({}),
  exactJson.map((value) => ({ datacontenttype: 'application/json', data: value })),
  fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((value) => value.isWellFormed())
    .map((value) => ({ datacontenttype: 'text/plain; charset=utf-8', data: value })),
  fc.uint8Array({ minLength: 1 }).map((bytes) => ({
    datacontenttype: 'image/png',
    data_base64: Buffer.from(bytes).toString('base64')
  }))
)

/** Any event whose attributes are all text, because headers have no other type. */
const anyEvent: fc.Arbitrary<CloudEvent> = fc
  .tuple(
    fc.record(
      { id: text(256), source: text(100), type: text(100), subject: text(100), time },
      { requiredKeys: ['id', 'source', 'type'] }
    ),
    fc.dictionary(fc.stringMatching(/^x[a-z0-9]{0,19}$/), text(40), { maxKeys: 3 }),
    data
  )
  .map(([attributes, extensions, rest]) => ({
    specversion: '1.0' as const,
    ...attributes,
    ...extensions,
    ...rest
  }))

const attributesOf = ({ data: _, data_base64: __, ...attributes }: CloudEvent) =>
  Object.entries(attributes).map(([name, value]) => [name, String(value)] as const)

function bytesOf(sent: CloudEvent): Buffer {
  if (sent.data_base64 !== undefined) return Buffer.from(sent.data_base64, 'base64')
  if (sent.data === undefined) return Buffer.alloc(0)
  const isText = sent.datacontenttype?.startsWith('text/')
  return Buffer.from(isText ? String(sent.data) : JSON.stringify(sent.data))
}

function inHeaders(sent: CloudEvent, encode: (value: string) => string): Delivery {
  const headers = attributesOf(sent).map(([name, value]) =>
    name === 'datacontenttype' ? ['content-type', value] : [`ce-${name}`, encode(value)]
  )
  return delivery(Object.fromEntries(headers), bytesOf(sent))
}

function inMessage(sent: CloudEvent): Delivery {
  const attributes = attributesOf(sent).map(([name, value]) => [
    name === 'datacontenttype' ? 'content-type' : `ce-${name}`,
    value
  ])
  const message = {
    attributes: Object.fromEntries(attributes),
    data: bytesOf(sent).toString('base64')
  }
  return delivery({}, push(message))
}

const modes: [string, (sent: CloudEvent) => Delivery][] = [
  ['structured', (sent) => delivery(structured, sent)],
  ['batched', (sent) => delivery(batch, [sent])],
  ['binary', (sent) => inHeaders(sent, encodeURIComponent)],
  [
    'binary, encoded as little as the binding allows',
    (sent) => inHeaders(sent, (value) => value.replaceAll(/[^!#-$&-~]/gu, encodeURIComponent))
  ],
  ['wrapped in binary mode', inMessage],
  [
    'wrapped in structured mode',
    (sent) =>
      delivery(
        {},
        push({
          attributes: { 'content-type': 'application/cloudevents+json' },
          data: base64(JSON.stringify(sent))
        })
      )
  ]
]

/** What the CloudEvents SDK emits for an event, as a delivery. */
function emitted(message: { headers: object; body: unknown }): Delivery {
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name.toLowerCase(),
    String(value)
  ])
  return delivery(Object.fromEntries(headers), String(message.body ?? ''))
}

const plainAscii = fc.stringMatching(/^[a-z0-9/:._-]{1,40}$/)
const sdkEvent = fc.record<CloudEventV1<unknown>>({
  specversion: fc.constant('1.0'),
  id: plainAscii,
  source: plainAscii,
  type: plainAscii,
  time: fc.constant('2026-11-01T10:00:00.123Z'),
  datacontenttype: fc.constant('application/json'),
  data: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.string(), fc.integer()))
})

/** Headers and bodies that are almost valid, or just not. */
const nearHeaders = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      ...['content-type', 'x-goog-pubsub-message-id', 'x-goog-pubsub-subscription-name'],
      ...['x-goog-pubsub-publish-time', 'x-goog-ordering-key', 'authorization', 'constructor'],
      ...['ce-time', 'ce-', 'ce-data', 'ce-__proto__', 'ce-datacontenttype', '__proto__'],
      ...Object.keys(binary)
    ),
    fc.string({ minLength: 1 })
  ),
  fc.array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'application/json',
          'application/cloudevents+json',
          'application/cloudevents-batch+json'
        ],
        ...['', '1.0', '%', '%C0%A0', '"a', '\xff', '\ud800', 'projects/p/subscriptions/s'],
        'google.cloud.pubsub.topic.v1.messagePublished'
      ),
      fc.string({ unit: 'binary' })
    ),
    { maxLength: 2 }
  )
)
const nearBody = fc.oneof(
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.json().map((json) => Buffer.from(json)),
  fc
    .tuple(
      fc.constantFrom(
        JSON.stringify(event),
        JSON.stringify([event, 1, { ...event, id: '' }]),
        JSON.stringify(push({ data: base64('{"a":1}'), attributes: { 'ce-id': '1', a: 'b' } })),
        JSON.stringify({ ...event, data_base64: 'YQ==', time: null }),
        '[{"__proto__":1},{"a":1e400},[[[]]],{"id":"\\ud800"}]'
      ),
      fc.nat(80),
      fc.constantFrom('', '"', ',', '}', ']', '[', '\\', '\ud800', '9007199254740993', 'null')
    )
    .map(([json, at, extra]) => Buffer.from(json.slice(0, at) + extra + json.slice(at)))
)
const anyDelivery: fc.Arbitrary<Delivery> = fc.record({ headers: nearHeaders, body: nearBody })

const isBatch = ({ headers }: Delivery) => headers['content-type']?.[0]?.includes('batch')

describe('decode', () => {
  test.each(modes)('returns any event that is sent %s', (_, encode) => {
    fc.assert(
      fc.property(anyEvent, (sent) => {
        expect(decode(encode(sent)).map(eventOf)).toEqual([sent])
      }),
      { numRuns: 300 }
    )
  })

  test.each([
    ['binary', HTTP.binary],
    ['structured', HTTP.structured]
  ])('reads what the CloudEvents SDK sends in %s mode', (_, emit) => {
    fc.assert(
      fc.property(sdkEvent, (sent) => {
        const arrivals = decode(emitted(emit(new SdkEvent(sent))))
        expect(arrivals.map(eventOf)).toEqual([sent])
      })
    )
  })

  test('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(anyDelivery, (arrived) => {
        for (const arrival of decode(arrived)) {
          const { key, source = '', eventId = '', type = '', metadata } = arrival.provenance
          expect(key).toMatch(/^[0-9a-f]{32}$/)
          const { messageId = '', subscription = '' } = metadata
          expect([source, eventId, type, messageId, subscription].every(isAttributeText)).toBe(true)
          if ('reason' in arrival) expect(arrival.reason.detail.isWellFormed()).toBe(true)
        }
      }),
      { numRuns: 3000 }
    )
  })

  test('reads the kept delivery of an event as it read the whole one', () => {
    fc.assert(
      fc.property(fc.oneof(anyDelivery, anyEvent.map(inMessage)), (arrived) => {
        for (const arrival of decode(arrived)) {
          const { provenance } = arrival
          const again = decode(provenance.delivery)
          // An element of a batch is a structured event when it is sent alone.
          const alone = provenance.envelope === 'cloudevents-batch' && !isBatch(provenance.delivery)
          const envelope = alone ? 'cloudevents-structured' : provenance.envelope
          expect(again).toEqual([{ ...arrival, provenance: { ...provenance, envelope } }])
        }
      }),
      { numRuns: 3000 }
    )
  })

  test('reads the same delivery in the same way', () => {
    fc.assert(
      fc.property(anyDelivery, (arrived) => {
        expect(decode(arrived)).toEqual(decode(arrived))
      })
    )
  })
})
