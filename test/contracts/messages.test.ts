import { expect, test } from 'vitest'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { deadLetterReason as refusal } from '../../src/plan.ts'
import type { Json } from '../../src/values/json.ts'
import { arrivalOf } from './arrivals.ts'
import { compile, goodSet, type JsonObject, thingData, thingUpsert } from './schema-sets.ts'

const type = 'google.cloud.pubsub.topic.v1.messagePublished'
const subscription = 'projects/p/subscriptions/things'
const topic = '//pubsub.googleapis.com/projects/p/topics/things'

const message = (body: string | undefined, members: JsonObject = {}): CloudEvent =>
  ({
    specversion: '1.0',
    id: '8123456789012345',
    source: topic,
    type,
    time: '2026-11-01T10:00:00Z',
    data: {
      message: {
        ...(body !== undefined && { data: Buffer.from(body).toString('base64') }),
        ...members
      },
      subscription
    }
  }) as unknown as CloudEvent

const good = message('{"id":"a","text":"b"}', { attributes: { tenant: 't-1' } })

const contract = {
  type,
  payload: 'message',
  data: thingData,
  writes: [
    { ...thingUpsert, set: { ...(thingUpsert['set'] as JsonObject), extra: '/attributes/tenant' } }
  ],
  examples: [good as unknown as Json]
}

const contracts = (...events: readonly JsonObject[]) =>
  compile({ ...goodSet, events: Object.fromEntries(events.map((event, at) => [`e${at}`, event])) })

const onlyContract = contracts(contract)

test('the decoded body is /data and the attributes are /attributes', () => {
  const { writes } = onlyContract.plan(arrivalOf(good))
  expect(writes).toMatchObject([{ key: ['a'], values: { text: 'b', extra: '"t-1"' } }])
})

test('an attribute that is absent is NULL', () => {
  const { writes } = onlyContract.plan(arrivalOf(message('{"id":"a","text":"b"}')))
  expect(writes[0]).toHaveProperty('values.extra', null)
})

test.each([
  ['a body that is not JSON', message('id=a'), 'JSON_INVALID', '/data is not JSON'],
  ['no body', message(undefined, { attributes: { a: 'b' } }), 'DATA_INVALID', '/data: is absent'],
  [
    'an unsafe integer',
    message('{"id":"a","text":"b","count":9007199254740993}'),
    'NUMBER_INEXACT',
    'the number at /data/count would be rounded'
  ],
  [
    'too many digits',
    message('{"id":"a","text":"b","price":0.1000000000000000000001}'),
    'VALUE_INVALID',
    '/data/price: is a number that would be rounded; send it as a string'
  ],
  [
    'a key that sets a prototype',
    message('{"id":"a","text":"b","__proto__":{}}'),
    'JSON_KEY_FORBIDDEN',
    '/data has a key that reaches for a prototype'
  ],
  [
    'data that breaks the contract',
    message('{"id":"a"}'),
    'DATA_INVALID',
    "/data: must have required property 'text'"
  ]
])('a message with %s is a dead letter', (_, event, code, detail) => {
  const priced = {
    ...contract,
    writes: [{ ...thingUpsert, set: { id: '/data/id', text: '/data/text', price: '/data/price' } }]
  }
  expect(refusal(contracts(priced).plan(arrivalOf(event)))).toEqual({ code, detail })
})

test('attributes may have a schema, by which they can be a key', () => {
  const attributes = {
    type: 'object',
    required: ['tenant'],
    properties: { tenant: { type: 'string' } }
  }
  const write = { ...thingUpsert, set: { id: '/attributes/tenant', text: '/data/text' } }
  const keyed = contracts({ ...contract, attributes, writes: [write] })
  expect(keyed.plan(arrivalOf(good)).writes).toMatchObject([{ key: ['t-1'] }])
  expect(refusal(keyed.plan(arrivalOf(message('{"id":"a","text":"b"}'))))).toEqual({
    code: 'DATA_INVALID',
    detail: "/attributes: must have required property 'tenant'"
  })
})

test('without a payload the contract sees the message as Pub/Sub sent it', () => {
  const write = { ...thingUpsert, set: { id: { const: 'a' }, text: '/data/message/data' } }
  const data = {
    type: 'object',
    required: ['message'],
    properties: {
      message: { type: 'object', required: ['data'], properties: { data: { type: 'string' } } }
    }
  }
  const raw = contracts({ type, data, writes: [write], examples: contract.examples })
  expect(raw.plan(arrivalOf(good)).writes[0]).toHaveProperty(
    'values.text',
    Buffer.from('{"id":"a","text":"b"}').toString('base64')
  )
})

/** A contract that records its match as a constant. */
const matching = (text: string, match?: JsonObject): JsonObject => ({
  ...contract,
  ...(match && { match }),
  writes: [{ ...thingUpsert, set: { id: '/data/id', text: { const: text } } }]
})

const byMatch: readonly (readonly [string, readonly JsonObject[]])[] = [
  ['no match', [matching('no match')]],
  ['short topic', [matching('no match'), matching('short topic', { topic: 'things' })]],
  [
    'full topic',
    [
      matching('short topic', { topic: 'things' }),
      matching('full topic', { topic: 'projects/p/topics/things' })
    ]
  ],
  [
    'short subscription',
    [
      matching('short subscription', { subscription: 'things' }),
      matching('full topic', { topic: 'projects/p/topics/things' })
    ]
  ],
  [
    'full subscription',
    [
      matching('short subscription', { subscription: 'things' }),
      matching('full subscription', { subscription })
    ]
  ]
]

test.each(byMatch)('the most specific contract wins: %s', (text, events) => {
  expect(contracts(...events).plan(arrivalOf(good)).writes[0]).toHaveProperty('values.text', text)
})

test('a message that no contract matches is a dead letter', () => {
  const other = {
    ...good,
    data: { message: {}, subscription: 'projects/p/subscriptions/other-things' }
  }
  const planned = contracts(matching('things', { subscription: 'things' })).plan(arrivalOf(other))
  expect(refusal(planned)).toEqual({
    code: 'EVENT_TYPE_UNKNOWN',
    detail: 'no contract of this type matches the subscription or the topic of the event'
  })
})
