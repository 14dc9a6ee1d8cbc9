import { expect, test } from 'vitest'
import type { Json } from '../../src/values/json.ts'
import {
  faultsOf,
  goodSet,
  type JsonObject,
  type SchemaSet,
  thingChanged,
  thingData,
  thingExample,
  things,
  thingUpsert,
  withWrites
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
    at('/writes/0/collection', '"thing" is no collection, expected things, thing_log, thing_counts')
  ],
  [
    'an operation of another kind',
    write({ operation: 'append' }),
    at('/writes/0/operation', '"append" is not for kind state, expected upsert, merge, delete')
  ],
  [
    'an unknown operation',
    write({ operation: 'insert' }),
    at('/writes/0/operation', 'is unknown, expected upsert, merge, delete, append, add')
  ],
  [
    'an unknown column',
    withSet({ colour: '/data/text' }),
    at(
      '/writes/0/set/colour',
      '"colour" is no column to set here, expected one of id, text, count, price, at, done, ratio, extra, tags'
    )
  ],
  [
    'a managed column',
    withSet({ committed_at: '/time' }),
    at(
      '/writes/0/set/committed_at',
      '"committed_at" is no column to set here, expected one of id, text, count, price, at, done, ratio, extra, tags'
    )
  ],
  [
    'a key that is not set',
    write({ set: { text: '/data/text' } }),
    at('/writes/0/set', '"id" is not set, but it is of the key')
  ],
  [
    'a required column that is not set',
    write({ set: { id: '/data/id' } }),
    at('/writes/0/set', '"text" is not set, but it is required')
  ],
  [
    'a required column of a log that is not set',
    withWrites({ ...append, set: { id: '/data/id' } }),
    at('/writes/0/set', '"text" is not set, but it is required')
  ],
  [
    'a delete that sets more than the key',
    write({ operation: 'delete' }),
    at('/writes/0/set/text', '"text" is no column to set here, expected one of id')
  ],
  [
    'a source that is no pointer',
    withSet({ count: 'data.count' }),
    at(
      '/writes/0/set/count',
      'does not fit, expected a JSON Pointer such as "/data/id", or { "const": … }'
    )
  ],
  [
    'a source that is neither',
    withSet({ count: { value: 1 } }),
    at(
      '/writes/0/set/count',
      'does not fit, expected a JSON Pointer such as "/data/id", or { "const": … }'
    )
  ],

  [
    'a misspelled pointer',
    withSet({ count: '/data/cuont' }),
    at(
      '/writes/0/set/count',
      '"/data/cuont" is not in the data schema, expected one of id, text, count, price, note, flag, parts, tags, open'
    )
  ],
  [
    'a pointer below text',
    withSet({ count: '/data/text/x' }),
    at(
      '/writes/0/set/count',
      '"/data/text/x" is not in the data schema, expected a place that data can have'
    )
  ],
  [
    'a pointer by name into an array',
    withSet({ count: '/data/parts/size' }),
    at(
      '/writes/0/set/count',
      '"/data/parts/size" is not in the data schema, expected a place that data can have'
    )
  ],
  [
    'a pointer to nothing in a closed object',
    withData(
      { additionalProperties: false },
      { writes: [{ ...thingUpsert, set: { id: '/data/id', text: '/data/txt' } }] }
    ),
    at(
      '/writes/0/set/text',
      '"/data/txt" is not in the data schema, expected one of id, text, count, price, note, flag, parts, tags, open'
    )
  ],
  [
    'a pointer into data that no schema describes',
    withEvent({ data: undefined }),
    [
      ...at(
        '/writes/0/set/id',
        '"/data" is described nowhere, expected a JSON Schema of it in the contract'
      ),
      ...at(
        '/writes/0/set/text',
        '"/data" is described nowhere, expected a JSON Schema of it in the contract'
      )
    ]
  ],
  [
    'a pointer that is no attribute',
    withSet({ extra: '/Data/id' }),
    at(
      '/writes/0/set/extra',
      '"/Data" is no attribute of a CloudEvent, expected /data/… or an attribute such as /id or /time'
    )
  ],
  [
    'a pointer below an attribute',
    withSet({ extra: '/source/0' }),
    at('/writes/0/set/extra', '"/source" is an attribute of the event and has no members')
  ],
  [
    'an extension that no example has',
    withSet({ extra: '/tenent' }),
    at(
      '/writes/0/set/extra',
      '"/tenent" is in no example, expected an extension attribute that one has'
    )
  ],
  [
    'attributes without a message',
    withSet({ extra: '/attributes/a' }),
    at('/writes/0/set/extra', '"/attributes" is of Pub/Sub messages, expected payload "message"')
  ],
  [
    'an item without an array',
    withSet({ extra: '/item/name' }),
    at('/writes/0/set/extra', '"/item" is of the elements of an array, expected forEach')
  ],
  [
    'an index without an array',
    withSet({ count: '/index' }),
    at('/writes/0/set/count', '"/index" is of the elements of an array, expected forEach')
  ],

  [
    'text that may be absent',
    withSet({ text: '/data/count' }),
    at(
      '/writes/0/set/text',
      '"/data/count" may be absent, but column "text" must have a value; expected it required along its whole path'
    )
  ],
  [
    'an integer for a STRING',
    write({ forEach: '/data/parts', set: { id: '/data/id', text: '/index' } }),
    at(
      '/writes/0/set/text',
      '"/index" may be integer, expected string for column "text" STRING(MAX)'
    )
  ],
  [
    'a fraction for an INT64',
    withSet({ count: '/data/price' }),
    at(
      '/writes/0/set/count',
      '"/data/price" may be number, expected string or integer for column "count" INT64'
    )
  ],
  [
    'text for a BOOL',
    withSet({ done: '/data/text' }),
    at('/writes/0/set/done', '"/data/text" may be string, expected boolean for column "done" BOOL')
  ],
  [
    'text for a FLOAT64',
    withSet({ ratio: '/data/price' }),
    at(
      '/writes/0/set/ratio',
      '"/data/price" may be string, expected integer or number for column "ratio" FLOAT64'
    )
  ],
  [
    'text for an ARRAY',
    withSet({ tags: '/data/text' }),
    at(
      '/writes/0/set/tags',
      '"/data/text" may be string, expected array for column "tags" ARRAY<STRING(MAX)>'
    )
  ],
  [
    'objects for the elements of an ARRAY',
    withSet({ tags: '/data/parts' }),
    at(
      '/writes/0/set/tags',
      'the elements of "/data/parts" may be object, expected string for column "tags" ARRAY<STRING(MAX)>'
    )
  ],
  [
    'a key that may be absent',
    withData({ required: ['text'] }),
    at(
      '/writes/0/set/id',
      '"/data/id" may be absent, but key column "id" must have a value; expected it required along its whole path'
    )
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
    at(
      '/writes/0/set/id',
      '"/data/open/id" may be absent, but key column "id" must have a value; expected it required along its whole path'
    )
  ],
  [
    'a key of data that may be text',
    withData({ type: ['object', 'string'] }),
    [
      ...at(
        '/writes/0/set/id',
        '"/data/id" may be absent, but key column "id" must have a value; expected it required along its whole path'
      ),
      ...at(
        '/writes/0/set/text',
        '"/data/text" may be absent, but column "text" must have a value; expected it required along its whole path'
      )
    ]
  ],
  [
    'a required column that may be null',
    withData(
      { required: ['id', 'note'] },
      { writes: [{ ...thingUpsert, set: { id: '/data/id', text: '/data/note' } }] }
    ),
    at(
      '/writes/0/set/text',
      '"/data/note" may be null, but column "text" must have a value; expected a type without null'
    )
  ],
  [
    'a key of which no type is known',
    withData({ properties: { ...properties, id: true } }),
    at(
      '/writes/0/set/id',
      '"/data/id" may be null, but key column "id" must have a value; expected a type without null'
    )
  ],
  [
    'a merge that may clear a required column',
    write({ operation: 'merge', set: { id: '/data/id', text: '/data/note' } }),
    at(
      '/writes/0/set/text',
      '"/data/note" may be null, but column "text" must have a value; expected a type without null'
    )
  ],

  [
    'a constant of another type',
    withSet({ count: { const: '1.5' } }),
    at(
      '/writes/0/set/count',
      'const: is not an integer in plain decimal digits, expected a value for column "count" INT64'
    )
  ],
  [
    'a constant key that is null',
    write({ set: { id: { const: null }, text: '/data/text' } }),
    at('/writes/0/set/id', 'const is null, but key column "id" must have a value')
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
    at(
      '/writes/0/set/price/const',
      'has more digits than a double holds, expected fewer or a string'
    )
  ],

  [
    'no version',
    write({ version: undefined as unknown as Json }),
    at('/writes/0', 'member "version" is missing, expected TIMESTAMP')
  ],
  [
    'a version that may be absent',
    write({ version: '/data/count' }),
    at(
      '/writes/0/version',
      '"/data/count" may be absent, but the version must have a value; expected it required along its whole path'
    )
  ],
  [
    'a version of another type',
    withData(
      { required: ['id', 'text', 'flag'] },
      { writes: [{ ...thingUpsert, version: '/data/flag' }] }
    ),
    at(
      '/writes/0/version',
      '"/data/flag" may be boolean, expected string for the version TIMESTAMP'
    )
  ],
  [
    'a version of too many parts',
    write({ version: ['/time', '/id'] }),
    at('/writes/0/version', 'is not what the collection orders by, expected TIMESTAMP')
  ],
  [
    'a version of a log',
    withWrites({ ...append, version: '/time' }),
    at('/writes/0/version', 'means nothing for kind log, expected none')
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
    at(
      '/writes/0/version',
      'is not what the collection orders by, expected a list of INT64, TIMESTAMP'
    )
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
      ...at(
        '/writes/0/version/0',
        '"/data/flag" may be boolean, expected string or integer for the version INT64'
      ),
      ...at(
        '/writes/0/version/1',
        'const: is not an integer in plain decimal digits, expected a value for the version INT64'
      )
    ]
  ],

  [
    'forEach of what is no array',
    write({ forEach: '/data/text' }),
    at('/writes/0/forEach', '"/data/text" may be string, expected array')
  ],
  [
    'forEach of what is not there',
    write({ forEach: '/data/part' }),
    at(
      '/writes/0/forEach',
      '"/data/part" is not in the data schema, expected one of id, text, count, price, note, flag, parts, tags, open'
    )
  ],
  [
    'forEach of an attribute',
    write({ forEach: '/subject' }),
    at(
      '/writes/0/forEach',
      '"/subject" is not in the data, expected a pointer to an array such as /data/lines'
    )
  ],
  [
    'a misspelled pointer into an item',
    write({
      forEach: '/data/parts',
      set: { id: '/item/nam', text: '/item/name', count: '/item/size' }
    }),
    at('/writes/0/set/id', '"/item/nam" is not in the data schema, expected one of name, size')
  ],
  [
    'a key of an item that may be absent',
    withWrites({ ...add, forEach: '/data/parts', set: { id: '/item/size' } }),
    at(
      '/writes/0/set/id',
      '"/item/size" may be absent, but key column "id" must have a value; expected it required along its whole path'
    )
  ],

  [
    'an add without amounts',
    withWrites({ ...add, amounts: undefined as unknown as Json }),
    at('/writes/0', 'member "amounts" is missing, expected what to add')
  ],
  [
    'an amount for a key column',
    withWrites({ ...add, amounts: { id: '/data/count' } }),
    at('/writes/0/amounts/id', '"id" is no column to set here, expected one of pieces, sum')
  ],
  [
    'an amount that is set',
    withWrites({ ...add, set: { id: '/data/id', pieces: '/data/count' } }),
    at('/writes/0/set/pieces', '"pieces" is no column to set here, expected one of id')
  ],
  [
    'an amount that is no number',
    withWrites({ ...add, amounts: { pieces: '/data/flag' } }),
    at(
      '/writes/0/amounts/pieces',
      '"/data/flag" may be boolean, expected string or integer for column "pieces" INT64'
    )
  ],
  [
    'amounts of an upsert',
    write({ amounts: { count: '/data/count' } }),
    at('/writes/0/amounts', 'means nothing for upsert, expected none')
  ],

  [
    'a data schema with an unknown type',
    withData({ properties: { ...properties, id: { type: 'text' } } }),
    at('/data/properties/id/type', 'does not fit, expected what JSON Schema 2020-12 allows here')
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
    [
      ...at('/data', 'unknown keyword: "maxlength", expected JSON Schema 2020-12 in strict mode'),
      ...at(
        '/data/properties/text',
        'unknown format "dat" ignored in schema at path "#/properties/text", expected JSON Schema 2020-12 in strict mode'
      )
    ]
  ],
  [
    'a data schema with a reference to nothing',
    withData({ properties: { ...properties, id: { $ref: '#/$defs/id' } } }),
    at(
      '/data',
      "can't resolve reference #/$defs/id from id #, expected JSON Schema 2020-12 in strict mode"
    )
  ],

  [
    'an example of another type',
    withEvent({ examples: [{ ...thingExample, type: 'thing.chanegd' }] }),
    at('/examples/0/type', 'is another type, expected thing.changed')
  ],
  [
    'an example that is no CloudEvent',
    withEvent({ examples: [{ data: {}, specversion: '0.3' }] }),
    [
      ...at('/examples/0', 'member "id" is missing'),
      ...at('/examples/0', 'member "source" is missing'),
      ...at('/examples/0', 'member "type" is missing'),
      ...at('/examples/0/specversion', 'is unknown, expected 1.0')
    ]
  ],
  [
    'an example that breaks its contract',
    withEvent({ examples: [thingExample, { ...thingExample, data: { id: 'a', text: 7 } }] }),
    at('/examples/1', 'is refused with DATA_INVALID: /data/text: must be string')
  ],
  [
    'an example whose key is too long',
    withEvent({ examples: [{ ...thingExample, data: { id: 'abcdefghi', text: 'a' } }] }),
    at('/examples/0', 'is refused with VALUE_INVALID: /data/id: is longer than 8 characters')
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
    at(
      '/examples/0',
      'is refused with VALUE_INVALID: /data/price: is a number that would be rounded; send it as a string'
    )
  ],
  [
    'an example without the time it is ordered by',
    withEvent({ examples: [{ ...thingExample, time: undefined }] }),
    at(
      '/examples/0',
      'is refused with VERSION_INVALID: /time: is absent or null, but the version must have a value'
    )
  ],

  [
    'a match of what is no message',
    withEvent({ match: { subscription: 's' }, payload: 'message' }),
    [
      ...at(
        '/match',
        'is for Pub/Sub messages, expected it only with type google.cloud.pubsub.topic.v1.messagePublished'
      ),
      ...at(
        '/payload',
        'is for Pub/Sub messages, expected it only with type google.cloud.pubsub.topic.v1.messagePublished'
      )
    ]
  ],
  [
    'two contracts of one type',
    { ...goodSet, events: { changed: thingChanged, again: thingChanged } },
    [
      'events/again.json#/type: "thing.changed" has a contract in events/changed.json, expected another type or another match'
    ]
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
      'events/empty.json#: the JSON text is not JSON: see character 1',
      'collections/things.json#/key/0: there is no column "nr"; expected one of id, text, count, price, at, done, ratio, extra, tags',
      `events/changed.json#/examples/0/type: is another type, expected ${thingChanged['type']}`,
      'events/again.json#/writes/0/set: "id" is not set, but it is of the key',
      'events/again.json#/writes/0/set: "text" is not set, but it is required',
      'events/again.json#/examples/0/type: is another type, expected thing.again'
    ]
  ],
  [
    'a collection that could not be read',
    { ...goodSet, collections: { things: '{' } },
    ['collections/things.json#: the JSON text is not JSON: see character 1']
  ]
]

test.each(broken)('%s is a fault, on a line of its own', (_, set, lines) => {
  expect(faultsOf(set)).toEqual(lines)
})

const fine: readonly (readonly [string, SchemaSet])[] = [
  [
    'a type that is dropped on purpose needs no data and no examples,',
    { events: { drop: { type: 'x', writes: [] } } }
  ],
  [
    'a merge that leaves out a required column',
    write({ operation: 'merge', set: { id: '/data/id', count: '/data/count' } })
  ],
  ['a delete by its key', write({ operation: 'delete', set: { id: '/data/id' } })],
  [
    'a pointer into an object of which nothing is said',
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

test.each(fine)('%s is no fault', (_, set) => {
  expect(faultsOf(set)).toEqual([])
})
