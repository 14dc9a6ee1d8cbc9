import { describe, expect, test } from 'vitest'
import { eventKey } from '../../src/delivery/provenance.ts'
import { deadLetterReason as refusal } from '../../src/plan.ts'
import type { Json } from '../../src/values/json.ts'
import { arrivalOf, planWith, thingEvent } from './arrivals.ts'
import { compile, goodSet, thingChanged, thingExample, things, thingUpsert } from './schema-sets.ts'

const upsert = {
  collection: 'things',
  operation: 'upsert',
  version: '/time',
  set: {
    id: '/data/id',
    text: '/data/text',
    count: '/data/count',
    price: '/data/price',
    at: '/time',
    done: '/data/flag',
    extra: '/data/open',
    tags: '/data/tags'
  }
}
const merge = { ...upsert, operation: 'merge' }
const remove = { ...upsert, operation: 'delete', set: { id: '/data/id' } }
const append = {
  collection: 'thing_log',
  operation: 'append',
  set: { id: '/data/id', text: '/data/text' }
}
const addParts = {
  collection: 'thing_counts',
  operation: 'add',
  forEach: '/data/parts',
  set: { id: '/item/name' },
  amounts: { pieces: '/item/size' }
}
const key = eventKey('//test', '1')
const version = '2026-11-01T10:00:00.000000000Z'

describe('an upsert', () => {
  test('has every declared column, NULL when the event has no value', () => {
    const { writes, provenance } = planWith([upsert], thingEvent({ id: 'a', text: 'b', count: 7 }))
    expect(provenance.key).toBe(key)
    expect(writes).toMatchObject([
      { kind: 'state', operation: 'upsert', key: ['a'], version, table: { name: 'things' } }
    ])
    expect(writes[0]).toHaveProperty('values', {
      text: 'b',
      count: '7',
      price: null,
      at: version,
      done: null,
      ratio: null,
      extra: null,
      tags: null
    })
  })

  test('converts values exactly to the types of their columns', () => {
    const data = {
      id: 'a',
      text: 'b',
      count: '9007199254740993',
      price: '1.50',
      flag: true,
      open: { x: [1] },
      tags: ['t']
    }
    expect(planWith([upsert], thingEvent(data)).writes[0]).toHaveProperty('values', {
      text: 'b',
      count: '9007199254740993',
      price: '1.5',
      at: version,
      done: true,
      ratio: null,
      extra: '{"x":[1]}',
      tags: ['t']
    })
  })
})

test('a merge has only the present values, and null is present', () => {
  const write = { ...merge, set: { id: '/data/id', extra: '/data/note', count: '/data/count' } }
  const planned = planWith([write], thingEvent({ id: 'a', text: 'b', note: null }))
  expect(planned.writes[0]).toHaveProperty('values', { extra: null })
})

test('a merge leaves out an absent required column', () => {
  const write = { ...merge, set: { id: '/data/id', text: '/data/open/text' } }
  const set = {
    ...(thingChanged['data'] as object),
    properties: {
      id: { type: 'string' },
      text: true,
      open: { type: 'object', properties: { text: { type: 'string' } } }
    }
  }
  const contracts = compile({
    ...goodSet,
    events: { changed: { ...thingChanged, data: set, writes: [write] } }
  })
  const planned = contracts.plan(arrivalOf(thingEvent({ id: 'a', text: 'b' })))
  expect(planned.writes[0]).toHaveProperty('values', {})
})

test('a delete has only its key and version', () => {
  const { writes } = planWith([remove], thingEvent({ id: 'a', text: 'b' }))
  expect(writes).toMatchObject([{ operation: 'delete', key: ['a'], version, values: {} }])
})

test('the key of a log row ends in the event key', () => {
  const { writes } = planWith([append], thingEvent({ id: 'a', text: 'b' }))
  expect(writes).toMatchObject([{ kind: 'log', key: ['a', key], values: { text: 'b' } }])
})

test('the table of a collection with merges has versions of its columns', () => {
  const names = (write: Json) =>
    compile({
      ...goodSet,
      events: { changed: { ...thingChanged, writes: [write] } }
    }).collections[0]?.table.columns.map(({ name }) => name)
  expect(names(merge)).toContain('column_versions')
  expect(names(upsert)).not.toContain('column_versions')
})

describe('forEach', () => {
  const eachPart = {
    ...thingUpsert,
    forEach: '/data/parts',
    set: { id: '/item/name', text: '/data/text', count: '/index' }
  } as Json

  test('writes one row per element, in order, after the writes before it', () => {
    const parts = [{ name: 'p' }, { name: 'q' }]
    const { writes } = planWith([append, eachPart], thingEvent({ id: 'a', text: 'b', parts }))
    expect(writes.map(({ key }) => key)).toEqual([['a', key], ['p'], ['q']])
    expect(writes[2]).toHaveProperty('values.count', '1')
  })

  test.each([
    ['an empty array', { id: 'a', text: 'b', parts: [] }],
    ['an absent array', { id: 'a', text: 'b' }]
  ])('of %s writes nothing', (_, data) => {
    expect(planWith([eachPart], thingEvent(data)).writes).toEqual([])
  })

  test('names the element in a refusal', () => {
    const parts = [{ name: 'p' }, { name: 'much too long' }]
    expect(refusal(planWith([eachPart], thingEvent({ id: 'a', text: 'b', parts })))).toEqual({
      code: 'VALUE_INVALID',
      detail: '/data/parts/1/name: is longer than 8 characters'
    })
  })

  test('knows which elements are inexact', () => {
    const write = {
      ...(eachPart as object),
      set: { id: '/item/name', text: '/data/text', count: '/item/size' }
    } as Json
    const parts = [
      { name: 'p', size: 1 },
      { name: 'q', size: 2 }
    ]
    const event = thingEvent({ id: 'a', text: 'b', parts })
    expect(refusal(planWith([write], event, ['/data/parts/1/size']))?.detail).toBe(
      '/data/parts/1/size: is an integer that would be rounded; send it as a string'
    )
  })
})

describe('a counter', () => {
  test('sums what one event adds to one row, and adds zero to the others', () => {
    const parts = [
      { name: 'p', size: 2 },
      { name: 'q', size: 5 },
      { name: 'p', size: 3 },
      { name: 'q' }
    ]
    const { writes } = planWith([addParts], thingEvent({ id: 'a', text: 'b', parts }))
    expect(writes).toMatchObject([
      { kind: 'counter', key: ['p'], amounts: { pieces: '5', sum: '0' } },
      { kind: 'counter', key: ['q'], amounts: { pieces: '5', sum: '0' } },
      { kind: 'ledger', key: [key], table: { name: 'event_ledger' } }
    ])
  })

  test('refuses amounts whose sum does not fit', () => {
    const add = {
      ...addParts,
      forEach: undefined as unknown as Json,
      set: { id: '/data/id' },
      amounts: { pieces: '/data/count' }
    }
    const event = thingEvent({ id: 'a', text: 'b', count: '9223372036854775807' })
    expect(refusal(planWith([add, add], event))).toEqual({
      code: 'COUNTER_OVERFLOW',
      detail: 'thing_counts.pieces: the sum does not fit'
    })
  })

  test('counts the ledger among its mutations', () => {
    const event = thingEvent({ id: 'a', text: 'b', parts: [{ name: 'p' }] })
    expect(planWith([addParts], event).mutations).toBe(4 + 2)
  })
})

describe('a version of several parts', () => {
  const tuple = { ...things, version: { type: ['INT64', 'TIMESTAMP', 'INT64'] } }
  const versionOf = (count: Json) => {
    const write = { ...upsert, version: ['/data/count', '/time', { const: 1 }] }
    const data = { ...(thingChanged['data'] as object), required: ['id', 'text', 'count'] }
    const examples = [{ ...thingExample, data: { id: 'a', text: 'b', count: 1 } }]
    const contracts = compile({
      collections: { things: tuple },
      events: { changed: { ...thingChanged, data, writes: [write], examples } }
    })
    return contracts.plan(arrivalOf(thingEvent({ id: 'a', text: 'b', count })))
  }

  test('is text in the order of the parts', () => {
    expect(versionOf('1793527200123456').writes[0]).toHaveProperty(
      'version',
      '0001793527200123456.2026-11-01T10:00:00.000000000Z.0000000000000000001'
    )
  })

  test('orders numbers of different lengths', () => {
    const texts = ['9', '10', '9223372036854775807'].map((count) => {
      const [write] = versionOf(count).writes
      return write?.kind === 'state' ? String(write.version) : ''
    })
    expect(texts).toEqual(texts.toSorted())
  })

  test('refuses a negative part, which text cannot order', () => {
    expect(refusal(versionOf(-1))).toEqual({
      code: 'VERSION_INVALID',
      detail: '/data/count: is negative, which a version of several parts cannot order'
    })
  })
})

const long = 'a'.repeat(2_000_000)
const parts = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `p${at}` }))
const eachPart = {
  ...thingUpsert,
  forEach: '/data/parts',
  set: { id: '/item/name', text: '/data/text' }
} as Json

const refused: readonly (readonly [string, readonly Json[], Json, string, string])[] = [
  [
    'data that breaks its contract',
    [upsert],
    { id: 'a' },
    'DATA_INVALID',
    "/data: must have required property 'text'"
  ],
  [
    'data of another type',
    [upsert],
    { id: 'a', text: 7 },
    'DATA_INVALID',
    '/data/text: must be string'
  ],
  ['data that is not an object', [upsert], 'text', 'DATA_INVALID', '/data: must be object'],
  ['null for data', [upsert], null, 'DATA_INVALID', '/data: must be object'],
  [
    'text for an integer',
    [upsert],
    { id: 'a', text: 'b', count: 1.5 },
    'DATA_INVALID',
    '/data/count: must be integer,string'
  ],
  [
    'a value that its column cannot hold',
    [upsert],
    { id: 'a', text: 'b', count: 'many' },
    'VALUE_INVALID',
    '/data/count: is not an integer in plain decimal digits'
  ],
  [
    'a lone surrogate',
    [upsert],
    { id: 'a', text: '\ud800' },
    'VALUE_INVALID',
    '/data/text: has a lone surrogate'
  ],
  [
    'one row written twice',
    [remove, eachPart],
    { id: 'a', text: 'b', parts: [{ name: 'a' }] },
    'KEY_REPEATED',
    'two writes are to one row of things'
  ],
  [
    'one row written twice by forEach',
    [eachPart],
    { id: 'a', text: 'b', parts: [{ name: 'p' }, { name: 'p' }] },
    'KEY_REPEATED',
    'two writes are to one row of things'
  ],
  [
    'one log row appended twice',
    [{ ...append, forEach: '/data/parts' }],
    { id: 'a', text: 'b', parts: [{ name: 'p' }, { name: 'q' }] },
    'KEY_REPEATED',
    'two writes are to one row of thing_log'
  ],
  [
    'more mutations than a commit holds',
    [eachPart],
    { id: 'a', text: 'b', parts: parts(10_000) },
    'EVENT_TOO_LARGE',
    'the event needs more than 80000 mutations'
  ],
  [
    'more bytes than a commit holds',
    [eachPart],
    { id: 'a', text: long, parts: parts(20) },
    'EVENT_TOO_LARGE',
    'the event needs more than 33554432 bytes of values'
  ]
]

test.each(refused)('%s is a dead letter', (_, writes, data, code, detail) => {
  const event = thingEvent(data)
  const planned = planWith(writes, event)
  const { provenance } = arrivalOf(event)
  expect(planned).toMatchObject({
    writes: [{ kind: 'dead-letters', key: [key], provenance, reason: { code, detail } }],
    mutations: 18
  })
  expect(planned.provenance).toEqual(provenance)
})

test('a data pointer in a detail is cut and well-formed', () => {
  const data = { id: 'a', text: 'b', open: {}, parts: [{ name: 'p', size: 'x' }] }
  // Cut anywhere at an even place, a pair of surrogates comes apart.
  const long = `x${'\u{1f600}'.repeat(1500)}`
  const strict = {
    type: 'object',
    properties: { [long]: { type: 'object', additionalProperties: { type: 'string' } } }
  }
  const contracts = compile({
    events: {
      x: {
        type: 'x',
        data: strict,
        writes: [{ ...append, set: { id: { const: 'a' }, text: { const: 'b' } } }],
        examples: [{ ...thingExample, type: 'x', data: {} }]
      }
    },
    collections: goodSet.collections
  })
  const event = thingEvent({ [long]: data as Json }, { type: 'x' })
  const detail = refusal(contracts.plan(arrivalOf(event)))?.detail ?? ''
  expect(detail).toHaveLength(1000)
  expect(detail.isWellFormed()).toBe(true)
})

test.each([
  ['absent', {}, '/time: is absent or null, but the version must have a value'],
  ['malformed', { time: 'yesterday' }, '/time: is not an RFC 3339 timestamp with an offset']
])('a version that is %s is a dead letter', (_, attributes, detail) => {
  const { time: __, ...event } = thingEvent({ id: 'a', text: 'b' })
  const planned = planWith([remove], { ...event, ...attributes } as typeof event)
  expect(refusal(planned)).toEqual({ code: 'VERSION_INVALID', detail })
})

test('a type without a contract is a dead letter', () => {
  const planned = compile(goodSet).plan(arrivalOf(thingEvent({}, { type: 'thing.lost' })))
  expect(refusal(planned)).toEqual({
    code: 'EVENT_TYPE_UNKNOWN',
    detail: 'there is no contract for type thing.lost'
  })
})

test('a type that is ignored on purpose writes nothing, whatever its data', () => {
  const contracts = compile({
    events: { drop: { type: 'x', data: { type: 'object' }, writes: [] } }
  })
  const { writes, mutations } = contracts.plan(arrivalOf(thingEvent('text', { type: 'x' })))
  expect({ writes, mutations }).toEqual({ writes: [], mutations: 0 })
})

test('a delivery without an event is a dead letter with the reason of its decoder', () => {
  const reason = { code: 'JSON_INVALID', detail: 'the JSON text is not JSON' } as const
  const { provenance } = arrivalOf(thingEvent({}))
  const planned = compile(goodSet).plan({ reason, provenance })
  expect(planned).toMatchObject({
    provenance,
    writes: [{ kind: 'dead-letters', key: [provenance.key], provenance, reason }]
  })
})

test('a key beyond 8 KiB is a dead letter', () => {
  const wide = {
    ...things,
    columns: { ...(things['columns'] as object), id: { type: 'STRING(MAX)' } }
  }
  const contracts = compile({ ...goodSet, collections: { ...goodSet.collections, things: wide } })
  const planned = (id: string) => refusal(contracts.plan(arrivalOf(thingEvent({ id, text: 'b' }))))
  expect(planned('é'.repeat(4096))).toBeUndefined()
  expect(planned('é'.repeat(4097))?.detail).toBe('things: the key is larger than 8 KiB')
})

test('an index entry beyond 8 KiB is a dead letter', () => {
  const indexed = { ...things, indexes: [{ name: 'things_by_text', columns: ['text'] }] }
  const contracts = compile({
    ...goodSet,
    collections: { ...goodSet.collections, things: indexed }
  })
  const planned = contracts.plan(arrivalOf(thingEvent({ id: 'a', text: 'b'.repeat(8192) })))
  expect(refusal(planned)?.detail).toBe('things_by_text: the key of the index is larger than 8 KiB')
})

test('bytes and mutations are upper bounds of what the rows and their index entries add to a commit', () => {
  const indexed = {
    ...things,
    indexes: [{ name: 'things_by_count', columns: ['count'], storing: ['text'] }]
  }
  const contracts = compile({
    ...goodSet,
    collections: { ...goodSet.collections, things: indexed }
  })
  const { bytes, mutations } = contracts.plan(
    arrivalOf(thingEvent({ id: 'a', text: 'b'.repeat(1000) }))
  )
  expect(bytes).toBeGreaterThan(2000)
  expect(bytes).toBeLessThan(3500)
  // 9 declared and 4 managed columns; an index of count, text, deleted_at and the key, replaced.
  expect(mutations).toBe(13 + 5)
})
