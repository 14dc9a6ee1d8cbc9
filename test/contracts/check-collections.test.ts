import { expect, test } from 'vitest'
import {
  faultsOf,
  goodSet,
  type JsonObject,
  type SchemaSet,
  thingCounts,
  thingLog,
  things
} from './schema-sets.ts'

const columns = { ...(things['columns'] as JsonObject) }

/** The good set, with a collection in the place of `things` that differs in these members. */
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

test('a set without faults has none', () => {
  expect(faultsOf(goodSet)).toEqual([])
})

const read = (members: JsonObject) => withThings({ read: { path: 'things', ...members } })
const index = (members: JsonObject) =>
  withThings({ indexes: [{ name: 'by_text', columns: ['text'], ...members }] })

const broken: readonly (readonly [string, SchemaSet, readonly string[]])[] = [
  [
    'text that is not JSON',
    withCollections({ other: '{"name": ' }),
    ['collections/other.json#: the JSON text is not JSON']
  ],
  [
    'an unknown member',
    withThings({ colums: {} }),
    [
      'collections/things.json#: unknown member "colums", expected one of $schema, name, description, kind, columns, key, version, keepDeletedDays, indexes, read'
    ]
  ],
  [
    'missing members and a wrong kind, in one run',
    withCollections({ other: { name: 'other', kind: 'table' } }),
    [
      'collections/other.json#: member "columns" is missing',
      'collections/other.json#: member "key" is missing',
      'collections/other.json#/kind: is unknown, expected state, log, counter'
    ]
  ],
  [
    'names that Spanner or the read API cannot have',
    withCollections({
      other: { ...thingLog, name: 'Other', columns: { 'a-b': { type: 'INT64' } }, key: [] }
    }),
    [
      'collections/other.json#/name: is malformed, expected ^[a-z][a-z0-9_]{0,127}$',
      'collections/other.json#/columns: name "a-b" is malformed, expected ^[a-z][a-z0-9_]{0,127}$'
    ]
  ],
  [
    'an unknown version type',
    withThings({ version: { type: 'DATE' } }),
    [
      'collections/things.json#/version/type: does not fit, expected a version type, or a list of at least two of INT64 and TIMESTAMP that are compared in turn. An INT64 in a list is not negative.'
    ]
  ],
  [
    'a version of several parts with text',
    withThings({ version: { type: ['INT64', 'STRING'] } }),
    [
      'collections/things.json#/version/type: does not fit, expected a version type, or a list of at least two of INT64 and TIMESTAMP that are compared in turn. An INT64 in a list is not negative.'
    ]
  ],
  [
    'unknown types',
    withThings({ columns: { ...columns, a: { type: 'TEXT' }, b: { type: 'STRING' } } }),
    [
      'collections/things.json#/columns/a/type: "TEXT" is not a column type; use a GoogleSQL type such as STRING(64)',
      'collections/things.json#/columns/b/type: "STRING" is not a column type; use a GoogleSQL type such as STRING(64), with a length or MAX'
    ]
  ],
  [
    'a column that is managed',
    withThings({ columns: { ...columns, event_version: { type: 'INT64' } } }),
    [
      'collections/things.json#/columns/event_version: is a column that Landfall manages, expected another name'
    ]
  ],
  [
    'a state without a version',
    withThings({ version: undefined }),
    ['collections/things.json#: member "version" is missing, expected one for kind state']
  ],
  [
    'a log with a version and tombstones',
    withCollections({
      thing_log: { ...thingLog, version: { type: 'INT64' }, keepDeletedDays: 40 }
    }),
    [
      'collections/thing_log.json#/version: means nothing for kind log, expected none',
      'collections/thing_log.json#/keepDeletedDays: means nothing for kind log, expected none'
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
    [
      'collections/thing_counts.json#/columns/last/type: cannot be added to; expected INT64 or NUMERIC'
    ]
  ],
  [
    'a counter that counts nothing',
    withCollections({ thing_counts: { ...thingCounts, columns: { id: { type: 'STRING(8)' } } } }),
    ['collections/thing_counts.json#/columns: has no column to add to, expected one beside the key']
  ],
  [
    'a key of no columns',
    withThings({ key: [] }),
    ['collections/things.json#/key: is empty, expected at least one column']
  ],
  [
    'a key of columns that are unknown or have no order',
    withThings({
      columns: { id: { type: 'JSON' }, text: { type: 'ARRAY<INT64>' } },
      key: ['id', 'nr', 'text']
    }),
    [
      'collections/things.json#/key/0: "id" has type JSON, which cannot be ordered exactly',
      'collections/things.json#/key/1: there is no column "nr"; expected one of id, text',
      'collections/things.json#/key/2: "text" has type ARRAY, which cannot be ordered exactly'
    ]
  ],
  [
    'a key that begins with a timestamp',
    withThings({ key: ['at', 'id'] }),
    [
      'collections/things.json#/key/0: starts with a timestamp or date, so every write hits one split; put a well-distributed column first'
    ]
  ],
  [
    'an index that begins with a timestamp',
    index({ columns: ['at'] }),
    [
      'collections/things.json#/indexes/0/columns/0: starts with a timestamp or date, so every write hits one split; put a well-distributed column first'
    ]
  ],
  [
    'an index of unknown and inexact columns',
    index({ columns: ['ratio', 'nr'], storing: ['id', 'ratio', 'mr'] }),
    [
      'collections/things.json#/indexes/0/columns/0: "ratio" has type FLOAT64, which cannot be ordered exactly',
      'collections/things.json#/indexes/0/columns/1: there is no column "nr"; expected one of id, text, count, price, at, done, ratio, extra, tags',
      'collections/things.json#/indexes/0/storing/0: "id" is in the index already; name another column',
      'collections/things.json#/indexes/0/storing/1: "ratio" is in the index already; name another column',
      'collections/things.json#/indexes/0/storing/2: there is no column "mr"; expected one of id, text, count, price, at, done, ratio, extra, tags'
    ]
  ],
  [
    'a unique index of key columns only',
    index({ columns: ['id'], unique: true }),
    [
      'collections/things.json#/indexes/0/columns: are all part of the key, so a deleted row would stay in the unique index; add a column outside of the key'
    ]
  ],
  [
    'names that SQLite keeps for itself',
    {
      collections: {
        a: { ...thingLog, name: 'sqlite_a', indexes: [{ name: 'sqlite_b', columns: ['text'] }] }
      }
    },
    [
      'collections/a.json#/name: begins with sqlite_, which SQLite reserves; choose another name',
      'collections/a.json#/indexes/0/name: begins with sqlite_, which SQLite reserves; choose another name'
    ]
  ],
  [
    'a path that is no path',
    read({ path: '/Things/' }),
    [
      'collections/things.json#/read/path: is malformed, expected ^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$'
    ]
  ],
  [
    'fields that are unknown or hidden',
    read({ fields: ['id', 'nr', 'event_version', 'deleted_at'] }),
    [
      'collections/things.json#/read/fields/1: "nr" is no column, expected one of id, text, count, price, at, done, ratio, extra, tags, event_version, event_key, committed_at',
      'collections/things.json#/read/fields/3: "deleted_at" is no column, expected one of id, text, count, price, at, done, ratio, extra, tags, event_version, event_key, committed_at'
    ]
  ],
  [
    'filters that are unknown, inexact or a full scan',
    read({ filters: ['id', 'nr', 'extra', 'tags', 'ratio', 'text'] }),
    [
      'collections/things.json#/read/filters/1: "nr" is no column, expected one of id, text, count, price, at, done, ratio, extra, tags',
      'collections/things.json#/read/filters/2: "extra" is of a type that has no exact order, expected no ARRAY, JSON or FLOAT',
      'collections/things.json#/read/filters/3: "tags" is of a type that has no exact order, expected no ARRAY, JSON or FLOAT',
      'collections/things.json#/read/filters/4: "ratio" is of a type that has no exact order, expected no ARRAY, JSON or FLOAT',
      'collections/things.json#/read/filters/5: "text" would need a full scan, expected it first in the key or in an index that is not unique, or right after columns that are filters too'
    ]
  ],
  [
    'a filter that only a unique index could serve',
    withThings({
      indexes: [{ name: 'by_text', columns: ['text'], unique: true }],
      read: { path: 'things', filters: ['text'] }
    }),
    [
      'collections/things.json#/read/filters/0: "text" would need a full scan, expected it first in the key or in an index that is not unique, or right after columns that are filters too'
    ]
  ],
  [
    'a filter after a gap',
    withThings({
      indexes: [{ name: 'by_text', columns: ['text', 'count', 'at'] }],
      read: { path: 'things', filters: ['text', 'at'] }
    }),
    [
      'collections/things.json#/read/filters/1: "at" would need a full scan, expected it first in the key or in an index that is not unique, or right after columns that are filters too'
    ]
  ],
  [
    'a filter that is a query parameter',
    withThings({
      columns: { ...columns, limit: { type: 'INT64' } },
      indexes: [{ name: 'by_limit', columns: ['limit'] }],
      read: { path: 'things', filters: ['limit'] }
    }),
    [
      'collections/things.json#/read/filters/0: "limit" is a query parameter already, expected none of limit, cursor, staleness, after'
    ]
  ],
  [
    'pages larger than the largest',
    read({ pageSize: 50, maxPageSize: 20 }),
    ['collections/things.json#/read/pageSize: is more than maxPageSize, expected at most 20']
  ],
  [
    'a staleness beyond what Spanner keeps',
    read({ maxStalenessSeconds: 3601 }),
    ['collections/things.json#/read/maxStalenessSeconds: must be <= 3600']
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
      'collections/thing_log.json#/name: "thing_log" is taken by collections/things.json, expected a name that no other table or index has',
      'collections/twin.json#/name: "things" is taken by collections/things.json, expected a name that no other table or index has',
      'collections/ledger.json#/name: "event_ledger" is taken by Landfall itself, expected a name that no other table or index has',
      'collections/letters.json#/name: "dead_letters" is taken by Landfall itself, expected a name that no other table or index has'
    ]
  ],
  [
    'paths that collide',
    withCollections({
      things: { ...things, read: { path: 'things' } },
      thing_log: { ...thingLog, read: { path: 'things/log' } },
      thing_counts: { ...thingCounts, read: { path: 'things-too' } }
    }),
    [
      'collections/thing_log.json#/read/path: "things/log" meets "things" of collections/things.json, expected a path that neither equals nor continues another'
    ]
  ]
]

test.each(broken)('%s is a fault, on a line of its own', (_, set, lines) => {
  expect(faultsOf(set)).toEqual(lines)
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

test.each(fine)('%s is no fault', (_, set) => {
  const writes = set.collections?.['things'] === goodSet.collections.things ? {} : { events: {} }
  expect(faultsOf({ ...set, ...writes })).toEqual([])
})
