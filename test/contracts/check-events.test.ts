import { expect, test } from 'vitest'
import type { Json } from '../../src/values/json.ts'
import {
  expectFaults,
  faultsOf,
  goodSet,
  type JsonObject,
  type SchemaSet,
  thingChanged,
  thingData,
  thingExample,
  things,
  thingUpsert,
  withWrites,
  wordingOf
} from './schema-sets.ts'

const withEvent = (members: JsonObject): SchemaSet => ({
  ...goodSet,
  events: { changed: { ...thingChanged, ...members } }
})

/** The upsert of the good set, with these sources besides its own. */
const withSet = (set: Readonly<Record<string, Json>>): SchemaSet =>
  withWrites({ ...thingUpsert, set: { id: '/data/id', text: '/data/text', ...set } } as Json)

const withData = (schema: JsonObject, members: JsonObject = {}): SchemaSet =>
  withEvent({ data: { ...thingData, ...schema }, ...members })

const properties = thingData['properties'] as JsonObject

const write = (members: Readonly<Record<string, Json>>) =>
  withWrites({ ...thingUpsert, ...members } as Json)

const append = {
  collection: 'thing_log',
  operation: 'append',
  set: { id: '/data/id', text: '/data/text' }
}
const add = {
  collection: 'thing_counts',
  operation: 'add',
  set: { id: '/data/id' },
  amounts: { pieces: '/data/count' }
}

const at = (pointer: string, message: string) => [`events/changed.json#${pointer}: ${message}`]

const broken: readonly (readonly [string, SchemaSet, readonly string[]])[] = [
  [
    'an unknown collection',
    write({ collection: 'thing' }),
    at('/writes/0/collection', 'no collection "thing"')
  ],
  [
    'an operation of another kind',
    write({ operation: 'append' }),
    at('/writes/0/operation', '"append"')
  ],
  ['an unknown operation', write({ operation: 'insert' }), at('/writes/0/operation', 'is unknown')],
  [
    'an unknown column',
    withSet({ color: '/data/text' }),
    at('/writes/0/set/color', 'cannot set "color"')
  ],
  [
    'a managed column',
    withSet({ committed_at: '/time' }),
    at('/writes/0/set/committed_at', 'cannot set "committed_at"')
  ],
  [
    'a key that is not set',
    write({ set: { text: '/data/text' } }),
    at('/writes/0/set', '"id" is not set')
  ],
  [
    'a required column that is not set',
    write({ set: { id: '/data/id' } }),
    at('/writes/0/set', '"text" is not set')
  ],
  [
    'a required column of a log that is not set',
    withWrites({ ...append, set: { id: '/data/id' } }),
    at('/writes/0/set', '"text" is not set')
  ],
  [
    'a delete that sets more than the key',
    write({ operation: 'delete' }),
    at('/writes/0/set/text', 'cannot set "text"')
  ],
  [
    'a source that is not a pointer',
    withSet({ count: 'data.count' }),
    at('/writes/0/set/count', 'does not fit')
  ],
  [
    'a source that is neither a pointer nor a constant',
    withSet({ count: { value: 1 } }),
    at('/writes/0/set/count', 'does not fit')
  ],

  [
    'a misspelled pointer',
    withSet({ count: '/data/cuont' }),
    at('/writes/0/set/count', '"/data/cuont" is not in the data schema')
  ],
  [
    'a pointer below text',
    withSet({ count: '/data/text/x' }),
    at('/writes/0/set/count', '"/data/text/x" is not in the data schema')
  ],
  [
    'a pointer by name into an array',
    withSet({ count: '/data/parts/size' }),
    at('/writes/0/set/count', '"/data/parts/size" is not in the data schema')
  ],
  [
    'a pointer to nothing in a closed object',
    withData(
      { additionalProperties: false },
      { writes: [{ ...thingUpsert, set: { id: '/data/id', text: '/data/txt' } }] }
    ),
    at('/writes/0/set/text', '"/data/txt" is not in the data schema')
  ],
  [
    'a pointer into data that no schema describes',
    withEvent({ data: undefined }),
    [...at('/writes/0/set/id', '"/data"'), ...at('/writes/0/set/text', '"/data"')]
  ],
  [
    'a pointer that is not an attribute',
    withSet({ extra: '/Data/id' }),
    at('/writes/0/set/extra', '"/Data"')
  ],
  [
    'a pointer below an attribute',
    withSet({ extra: '/source/0' }),
    at('/writes/0/set/extra', 'no members')
  ],
  [
    'an extension that no example has',
    withSet({ extra: '/tenent' }),
    at('/writes/0/set/extra', '"/tenent"')
  ],
  [
    'attributes without a message',
    withSet({ extra: '/attributes/a' }),
    at('/writes/0/set/extra', 'Pub/Sub')
  ],
  [
    'an item without an array',
    withSet({ extra: '/item/name' }),
    at('/writes/0/set/extra', 'forEach')
  ],
  ['an index without an array', withSet({ count: '/index' }), at('/writes/0/set/count', 'forEach')],

  [
    'text that may be absent',
    withSet({ text: '/data/count' }),
    at('/writes/0/set/text', '"/data/count" may be absent')
  ],
  [
    'an integer for a STRING',
    write({ forEach: '/data/parts', set: { id: '/data/id', text: '/index' } }),
    at('/writes/0/set/text', '"/index" may be integer')
  ],
  [
    'a fraction for an INT64',
    withSet({ count: '/data/price' }),
    at('/writes/0/set/count', '"/data/price" may be number')
  ],
  [
    'text for a BOOL',
    withSet({ done: '/data/text' }),
    at('/writes/0/set/done', '"/data/text" may be string')
  ],
  [
    'text for a FLOAT64',
    withSet({ ratio: '/data/price' }),
    at('/writes/0/set/ratio', '"/data/price" may be string')
  ],
  [
    'text for an ARRAY',
    withSet({ tags: '/data/text' }),
    at('/writes/0/set/tags', '"/data/text" may be string')
  ],
  [
    'objects for the elements of an ARRAY',
    withSet({ tags: '/data/parts' }),
    at('/writes/0/set/tags', 'elements of "/data/parts" may be object')
  ],
  [
    'a key that may be absent',
    withData({ required: ['text'] }),
    at('/writes/0/set/id', '"/data/id" may be absent')
  ],
  [
    'a key of an object that may be absent',
    withData(
      {
        properties: {
          ...properties,
          open: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }
        }
      },
      { writes: [{ ...thingUpsert, set: { id: '/data/open/id', text: '/data/text' } }] }
    ),
    at('/writes/0/set/id', '"/data/open/id" may be absent')
  ],
  [
    'a key of data that may be text',
    withData({ type: ['object', 'string'] }),
    [
      ...at('/writes/0/set/id', '"/data/id" may be absent'),
      ...at('/writes/0/set/text', '"/data/text" may be absent')
    ]
  ],
  [
    'a required column that may be null',
    withData(
      { required: ['id', 'note'] },
      { writes: [{ ...thingUpsert, set: { id: '/data/id', text: '/data/note' } }] }
    ),
    at('/writes/0/set/text', '"/data/note" may be null')
  ],
  [
    'a key without a declared type',
    withData({ properties: { ...properties, id: true } }),
    at('/writes/0/set/id', '"/data/id" may be null')
  ],
  [
    'a merge that may clear a required column',
    write({ operation: 'merge', set: { id: '/data/id', text: '/data/note' } }),
    at('/writes/0/set/text', '"/data/note" may be null')
  ],

  [
    'a constant of another type',
    withSet({ count: { const: '1.5' } }),
    at('/writes/0/set/count', 'not an integer')
  ],
  [
    'a constant key that is null',
    write({ set: { id: { const: null }, text: '/data/text' } }),
    at('/writes/0/set/id', 'null')
  ],
  [
    'a constant with more digits than a double',
    {
      ...goodSet,
      events: {
        changed: JSON.stringify({
          ...thingChanged,
          writes: [
            { ...thingUpsert, set: { id: '/data/id', text: '/data/text', price: { const: 7 } } }
          ]
        }).replace('{"const":7}', '{"const":0.1000000000000000000001}')
      }
    },
    at('/writes/0/set/price/const', 'more digits')
  ],

  [
    'no version',
    write({ version: undefined as unknown as Json }),
    at('/writes/0', '"version" is missing')
  ],
  [
    'a version that may be absent',
    write({ version: '/data/count' }),
    at('/writes/0/version', '"/data/count" may be absent')
  ],
  [
    'a version of another type',
    withData(
      { required: ['id', 'text', 'flag'] },
      { writes: [{ ...thingUpsert, version: '/data/flag' }] }
    ),
    at('/writes/0/version', '"/data/flag" may be boolean')
  ],
  [
    'a version of too many parts',
    write({ version: ['/time', '/id'] }),
    at('/writes/0/version', 'expected TIMESTAMP')
  ],
  [
    'a version of a log',
    withWrites({ ...append, version: '/time' }),
    at('/writes/0/version', 'not allowed for')
  ],
  [
    'a version of too few parts',
    {
      ...goodSet,
      collections: {
        ...goodSet.collections,
        things: { ...things, version: { type: ['INT64', 'TIMESTAMP'] } }
      }
    },
    at('/writes/0/version', 'expected a list of INT64, TIMESTAMP')
  ],
  [
    'parts of a version that do not fit',
    {
      collections: { things: { ...things, version: { type: ['INT64', 'INT64'] } } },
      events: {
        changed: {
          ...thingChanged,
          data: { ...thingData, required: ['id', 'text', 'count', 'flag'] },
          writes: [{ ...thingUpsert, version: ['/data/flag', { const: '-' }] }]
        }
      }
    },
    [
      ...at('/writes/0/version/0', '"/data/flag" may be boolean'),
      ...at('/writes/0/version/1', 'not an integer')
    ]
  ],

  [
    'forEach of a value that is not an array',
    write({ forEach: '/data/text' }),
    at('/writes/0/forEach', '"/data/text" may be string')
  ],
  [
    'forEach of a value that does not exist',
    write({ forEach: '/data/part' }),
    at('/writes/0/forEach', '"/data/part" is not in the data schema')
  ],
  [
    'forEach of an attribute',
    write({ forEach: '/subject' }),
    at('/writes/0/forEach', '"/subject" is not in the data')
  ],
  [
    'a misspelled pointer into an item',
    write({
      forEach: '/data/parts',
      set: { id: '/item/nam', text: '/item/name', count: '/item/size' }
    }),
    at('/writes/0/set/id', '"/item/nam" is not in the data schema')
  ],
  [
    'a key of an item that may be absent',
    withWrites({ ...add, forEach: '/data/parts', set: { id: '/item/size' } }),
    at('/writes/0/set/id', '"/item/size" may be absent')
  ],

  [
    'an add without amounts',
    withWrites({ ...add, amounts: undefined as unknown as Json }),
    at('/writes/0', '"amounts" is missing')
  ],
  [
    'an amount for a key column',
    withWrites({ ...add, amounts: { id: '/data/count' } }),
    at('/writes/0/amounts/id', 'cannot set "id"')
  ],
  [
    'an amount that is set',
    withWrites({ ...add, set: { id: '/data/id', pieces: '/data/count' } }),
    at('/writes/0/set/pieces', 'cannot set "pieces"')
  ],
  [
    'an amount that is not a number',
    withWrites({ ...add, amounts: { pieces: '/data/flag' } }),
    at('/writes/0/amounts/pieces', '"/data/flag" may be boolean')
  ],
  [
    'amounts of an upsert',
    write({ amounts: { count: '/data/count' } }),
    at('/writes/0/amounts', 'not allowed for')
  ],

  [
    'a data schema with an unknown type',
    withData({ properties: { ...properties, id: { type: 'text' } } }),
    at('/data/properties/id/type', 'does not fit')
  ],
  [
    'a data schema that strict mode refuses, twice',
    withData({
      properties: {
        ...properties,
        id: { type: 'string', maxlength: 3 },
        text: { type: 'string', format: 'dat' }
      }
    }),
    [...at('/data', '"maxlength"'), ...at('/data/properties/text', '"dat"')]
  ],
  [
    'a data schema with a reference to nothing',
    withData({ properties: { ...properties, id: { $ref: '#/$defs/id' } } }),
    at('/data', '#/$defs/id')
  ],

  [
    'an example of another type',
    withEvent({ examples: [{ ...thingExample, type: 'thing.chanegd' }] }),
    at('/examples/0/type', 'another type')
  ],
  [
    'an example that is not a CloudEvent',
    withEvent({ examples: [{ data: {}, specversion: '0.3' }] }),
    [
      ...at('/examples/0', '"id" is missing'),
      ...at('/examples/0', '"source" is missing'),
      ...at('/examples/0', '"type" is missing'),
      ...at('/examples/0/specversion', 'is unknown')
    ]
  ],
  [
    'an example that breaks its contract',
    withEvent({ examples: [thingExample, { ...thingExample, data: { id: 'a', text: 7 } }] }),
    at('/examples/1', 'DATA_INVALID: /data/text')
  ],
  [
    'an example whose key is too long',
    withEvent({ examples: [{ ...thingExample, data: { id: 'abcdefghi', text: 'a' } }] }),
    at('/examples/0', 'VALUE_INVALID: /data/id')
  ],
  [
    'an example with more digits than a double',
    {
      ...goodSet,
      events: {
        changed: JSON.stringify({
          ...thingChanged,
          writes: [
            { ...thingUpsert, set: { id: '/data/id', text: '/data/text', price: '/data/price' } }
          ],
          examples: [{ ...thingExample, data: { id: 'a', text: 'b', price: 7.5 } }]
        }).replace('7.5', '0.1000000000000000000001')
      }
    },
    at('/examples/0', 'VALUE_INVALID: /data/price')
  ],
  [
    'an example without the time it is ordered by',
    withEvent({ examples: [{ ...thingExample, time: undefined }] }),
    at('/examples/0', 'VERSION_INVALID: /time')
  ],

  [
    'a match for events that are not messages',
    withEvent({ match: { subscription: 's' }, payload: 'message' }),
    [...at('/match', 'Pub/Sub'), ...at('/payload', 'Pub/Sub')]
  ],
  [
    'two contracts of one type',
    { ...goodSet, events: { changed: thingChanged, again: thingChanged } },
    ['events/again.json#/type: has a contract in events/changed.json']
  ],
  [
    'faults in several files, in one run',
    {
      collections: { ...goodSet.collections, things: { ...things, key: ['nr'] } },
      events: {
        changed: { ...thingChanged, examples: [{ ...thingExample, type: 'thing.chanegd' }] },
        again: { ...thingChanged, type: 'thing.again', writes: [{ ...append, set: {} }] },
        empty: '{'
      }
    },
    [
      'events/empty.json#: not JSON',
      'collections/things.json#/key/0: no column "nr"',
      `events/changed.json#/examples/0/type: another type`,
      'events/again.json#/writes/0/set: "id" is not set',
      'events/again.json#/writes/0/set: "text" is not set',
      'events/again.json#/examples/0/type: another type'
    ]
  ],
  [
    'a collection that could not be read',
    { ...goodSet, collections: { things: '{' } },
    ['collections/things.json#: not JSON']
  ]
]

test.each(broken)('%s is a fault, on a line of its own', (_, set, expected) => {
  expectFaults(set, expected)
})

test('every fault has the wording of check-events.txt', async () => {
  await expect(wordingOf(broken)).toMatchFileSnapshot('check-events.txt')
})

const fine: readonly (readonly [string, SchemaSet])[] = [
  [
    'a type that is ignored on purpose needs no data and no examples',
    { events: { drop: { type: 'x', writes: [] } } }
  ],
  [
    'a merge that leaves out a required column',
    write({ operation: 'merge', set: { id: '/data/id', count: '/data/count' } })
  ],
  ['a delete by its key', write({ operation: 'delete', set: { id: '/data/id' } })],
  [
    'a pointer into an object without a schema of its members',
    withSet({ count: '/data/open/deep/count' })
  ],
  [
    'an optional attribute for a key',
    withData(
      {},
      {
        writes: [{ ...thingUpsert, set: { id: '/subject', text: '/data/text' } }],
        examples: [{ ...thingExample, subject: 's' }]
      }
    )
  ],
  ['an extension that an example has', withSet({ extra: '/tenant' })],
  ['all data for a JSON column', withSet({ extra: '/data' })],
  ['an element by its position', withSet({ count: '/data/parts/0/size' })],
  [
    'a nullable source for a nullable column',
    withSet({ extra: '/data/note', at: { const: null } })
  ],
  [
    'constants',
    withSet({
      count: { const: 7 },
      price: { const: '1.50' },
      tags: { const: ['a', null] },
      done: { const: true }
    })
  ],
  [
    'a fan-out',
    write({
      forEach: '/data/parts',
      set: { id: '/item/name', text: '/item/name', count: '/index' }
    })
  ],
  ['a counter', withWrites(add)],
  ['a log', withWrites(append)],
  ['a contract without examples', withEvent({ examples: [] })]
]

test.each(fine)('%s is not a fault', (_, set) => {
  expect(faultsOf(set)).toEqual([])
})
