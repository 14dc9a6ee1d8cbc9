import { expect, test } from 'vitest'
import {
  expectFaults,
  faultsOf,
  goodSet,
  type JsonObject,
  type SchemaSet,
  thingCounts,
  thingLog,
  things,
  wordingOf
} from './schema-sets.ts'

const columns = { ...(things['columns'] as JsonObject) }

/** The good set, with these members of `things` replaced. */
const withThings = (members: JsonObject): SchemaSet => ({
  ...goodSet,
  collections: { ...goodSet.collections, things: { ...things, ...members } }
})

const withCollections = (
  collections: Readonly<Record<string, JsonObject | string>>
): SchemaSet => ({
  ...goodSet,
  collections: { ...goodSet.collections, ...collections }
})

test('the good set has no faults', () => {
  expect(faultsOf(goodSet)).toEqual([])
})

const read = (members: JsonObject) => withThings({ read: { path: 'things', ...members } })
const index = (members: JsonObject) =>
  withThings({ indexes: [{ name: 'by_text', columns: ['text'], ...members }] })

const broken: readonly (readonly [string, SchemaSet, readonly string[]])[] = [
  [
    'text that is not JSON',
    withCollections({ other: '{"name": ' }),
    ['collections/other.json#: not JSON']
  ],
  ['an unknown member', withThings({ colums: {} }), ['collections/things.json#: "colums"']],
  [
    'missing members and a wrong kind, in one run',
    withCollections({ other: { name: 'other', kind: 'table' } }),
    [
      'collections/other.json#: "columns" is missing',
      'collections/other.json#: "key" is missing',
      'collections/other.json#/kind: is unknown'
    ]
  ],
  [
    'names that Spanner or the read API cannot have',
    withCollections({
      other: { ...thingLog, name: 'Other', columns: { 'a-b': { type: 'INT64' } }, key: [] }
    }),
    [
      'collections/other.json#/name: is malformed',
      'collections/other.json#/columns: "a-b" is malformed'
    ]
  ],
  [
    'an unknown version type',
    withThings({ version: { type: 'DATE' } }),
    ['collections/things.json#/version/type: does not fit']
  ],
  [
    'a version of several parts with text',
    withThings({ version: { type: ['INT64', 'STRING'] } }),
    ['collections/things.json#/version/type: does not fit']
  ],
  [
    'unknown types',
    withThings({ columns: { ...columns, a: { type: 'TEXT' }, b: { type: 'STRING' } } }),
    [
      'collections/things.json#/columns/a/type: "TEXT"',
      'collections/things.json#/columns/b/type: "STRING"'
    ]
  ],
  [
    'a column that is managed',
    withThings({ columns: { ...columns, event_version: { type: 'INT64' } } }),
    ['collections/things.json#/columns/event_version: manages']
  ],
  [
    'a state without a version',
    withThings({ version: undefined }),
    ['collections/things.json#: "version" is missing']
  ],
  [
    'a log with a version and tombstones',
    withCollections({
      thing_log: { ...thingLog, version: { type: 'INT64' }, keepDeletedDays: 40 }
    }),
    [
      'collections/thing_log.json#/version: not allowed for',
      'collections/thing_log.json#/keepDeletedDays: not allowed for'
    ]
  ],
  [
    'a counter that counts text',
    withCollections({
      thing_counts: {
        ...thingCounts,
        columns: { id: { type: 'STRING(8)' }, last: { type: 'DATE' } }
      }
    }),
    ['collections/thing_counts.json#/columns/last/type: cannot be added to']
  ],
  [
    'a counter that counts nothing',
    withCollections({ thing_counts: { ...thingCounts, columns: { id: { type: 'STRING(8)' } } } }),
    ['collections/thing_counts.json#/columns: no column to add to']
  ],
  ['a key without columns', withThings({ key: [] }), ['collections/things.json#/key: is empty']],
  [
    'a key with columns that are unknown or cannot be ordered',
    withThings({
      columns: { id: { type: 'JSON' }, text: { type: 'ARRAY<INT64>' } },
      key: ['id', 'nr', 'text']
    }),
    [
      'collections/things.json#/key/0: type JSON',
      'collections/things.json#/key/1: no column "nr"',
      'collections/things.json#/key/2: type ARRAY'
    ]
  ],
  [
    'a key that begins with a timestamp',
    withThings({ key: ['at', 'id'] }),
    ['collections/things.json#/key/0: split']
  ],
  [
    'an index that begins with a timestamp',
    index({ columns: ['at'] }),
    ['collections/things.json#/indexes/0/columns/0: split']
  ],
  [
    'an index of unknown and inexact columns',
    index({ columns: ['ratio', 'nr'], storing: ['id', 'ratio', 'mr'] }),
    [
      'collections/things.json#/indexes/0/columns/0: type FLOAT64',
      'collections/things.json#/indexes/0/columns/1: no column "nr"',
      'collections/things.json#/indexes/0/storing/0: "id"',
      'collections/things.json#/indexes/0/storing/1: "ratio"',
      'collections/things.json#/indexes/0/storing/2: no column "mr"'
    ]
  ],
  [
    'a unique index of key columns only',
    index({ columns: ['id'], unique: true }),
    ['collections/things.json#/indexes/0/columns: deleted row']
  ],
  [
    'names that SQLite reserves',
    {
      collections: {
        a: { ...thingLog, name: 'sqlite_a', indexes: [{ name: 'sqlite_b', columns: ['text'] }] }
      }
    },
    ['collections/a.json#/name: sqlite_', 'collections/a.json#/indexes/0/name: sqlite_']
  ],
  [
    'a path that is not a path',
    read({ path: '/Things/' }),
    ['collections/things.json#/read/path: is malformed']
  ],
  [
    'fields that are unknown or hidden',
    read({ fields: ['id', 'nr', 'event_version', 'deleted_at'] }),
    [
      'collections/things.json#/read/fields/1: no column "nr"',
      'collections/things.json#/read/fields/3: no column "deleted_at"'
    ]
  ],
  [
    'filters that are unknown, inexact or a full scan',
    read({ filters: ['id', 'nr', 'extra', 'tags', 'ratio', 'text'] }),
    [
      'collections/things.json#/read/filters/1: no column "nr"',
      'collections/things.json#/read/filters/2: "extra"',
      'collections/things.json#/read/filters/3: "tags"',
      'collections/things.json#/read/filters/4: "ratio"',
      'collections/things.json#/read/filters/5: "text" would need a full scan'
    ]
  ],
  [
    'a filter that only a unique index could serve',
    withThings({
      indexes: [{ name: 'by_text', columns: ['text'], unique: true }],
      read: { path: 'things', filters: ['text'] }
    }),
    ['collections/things.json#/read/filters/0: "text" would need a full scan']
  ],
  [
    'a filter after a gap',
    withThings({
      indexes: [{ name: 'by_text', columns: ['text', 'count', 'at'] }],
      read: { path: 'things', filters: ['text', 'at'] }
    }),
    ['collections/things.json#/read/filters/1: "at" would need a full scan']
  ],
  [
    'a filter that is a query parameter',
    withThings({
      columns: { ...columns, limit: { type: 'INT64' } },
      indexes: [{ name: 'by_limit', columns: ['limit'] }],
      read: { path: 'things', filters: ['limit'] }
    }),
    ['collections/things.json#/read/filters/0: "limit"']
  ],
  [
    'pages larger than the largest',
    read({ pageSize: 50, maxPageSize: 20 }),
    ['collections/things.json#/read/pageSize: maxPageSize']
  ],
  [
    'a staleness beyond what Spanner keeps',
    read({ maxStalenessSeconds: 3601 }),
    ['collections/things.json#/read/maxStalenessSeconds: 3600']
  ],
  [
    'names that collide',
    withCollections({
      things: { ...things, indexes: [{ name: 'thing_log', columns: ['text'] }] },
      twin: { ...thingLog, name: 'things' },
      ledger: { ...thingLog, name: 'event_ledger' },
      letters: { ...thingLog, name: 'dead_letters' }
    }),
    [
      'collections/thing_log.json#/name: by collections/things.json',
      'collections/twin.json#/name: by collections/things.json',
      'collections/ledger.json#/name: by Landfall itself',
      'collections/letters.json#/name: by Landfall itself'
    ]
  ],
  [
    'paths that collide',
    withCollections({
      things: { ...things, read: { path: 'things' } },
      thing_log: { ...thingLog, read: { path: 'things/log' } },
      thing_counts: { ...thingCounts, read: { path: 'things-too' } }
    }),
    ['collections/thing_log.json#/read/path: "things" of collections/things.json']
  ]
]

test.each(broken)('%s is a fault, on a line of its own', (_, set, expected) => {
  expectFaults(set, expected)
})

test('every fault has the wording of check-collections.txt', async () => {
  await expect(wordingOf(broken)).toMatchFileSnapshot('check-collections.txt')
})

const fine: readonly (readonly [string, SchemaSet])[] = [
  [
    'words that are reserved in SQL',
    withThings({ columns: { ...columns, order: { type: 'INT64' } } })
  ],
  [
    'a log that is keyed by its event alone',
    withCollections({ a: { ...thingLog, name: 'a', key: [] } })
  ],
  [
    'a filter that continues the key',
    withThings({ key: ['id', 'at'], read: { path: 'things', filters: ['at', 'id'] } })
  ],
  [
    'a filter on the key that an index ends in',
    withThings({
      key: ['id', 'at'],
      indexes: [{ name: 'by_text', columns: ['text'] }],
      read: { path: 'things', filters: ['text', 'id'] }
    })
  ],
  ['a unique index beside the key', index({ columns: ['id', 'text'], unique: true })],
  ['a page size beyond the default largest', read({ pageSize: 5000 })],
  ['a largest page below the default size', read({ maxPageSize: 20 })]
]

test.each(fine)('%s is not a fault', (_, set) => {
  const writes = set.collections?.['things'] === goodSet.collections.things ? {} : { events: {} }
  expect(faultsOf({ ...set, ...writes })).toEqual([])
})
