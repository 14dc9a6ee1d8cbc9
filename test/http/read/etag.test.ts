import { expect, test } from 'vitest'
import type { ReadableCollection } from '../../../src/contracts/contracts.ts'
import { entityTag, matchesTag, versionColumns } from '../../../src/http/read/etag.ts'
import { managedColumns } from '../../../src/store/table.ts'
import { clicks, items, sales } from '../collections.ts'

const columnVersions = {
  name: managedColumns.columnVersions,
  type: { scalar: 'JSON', array: false },
  notNull: false
} as const
const mergeable: ReadableCollection = {
  ...items,
  table: { ...items.table, columns: [...items.table.columns, columnVersions] }
}
const dated: ReadableCollection = {
  ...clicks,
  read: { ...clicks.read, fields: ['day', 'committed_at'] }
}

const columns: readonly [string, ReadableCollection, readonly string[]][] = [
  ['state', items, ['event_version', 'event_key']],
  ['state with merges', mergeable, ['event_version', 'event_key', 'column_versions']],
  ['log', clicks, ['event_key']],
  ['log that shows when it was committed', dated, ['event_key', 'committed_at']],
  ['counter', sales, ['committed_at']]
]

test.each(columns)(
  'the version of a %s row is in the columns that change with it',
  (_n, of, names) => {
    expect(versionColumns(of)).toEqual(names)
  }
)

const row = { event_version: '2026-11-01T10:00:00.000000000Z', event_key: 'k', value: 'red' }
const tag = entityTag(items, versionColumns(items), row)

test('a tag is strong, and the same for the same version', () => {
  expect(tag).toMatch(/^"[A-Za-z0-9_-]{22}"$/)
  expect(entityTag(items, versionColumns(items), { ...row, value: 'not looked at' })).toBe(tag)
})

test('a tag changes with the version, the event and the fields', () => {
  const fewer: ReadableCollection = { ...items, read: { ...items.read, fields: ['id'] } }
  const names = versionColumns(items)
  const tags = [
    tag,
    entityTag(items, names, { ...row, event_version: '2026-11-01T10:00:00.000000001Z' }),
    entityTag(items, names, { ...row, event_key: 'l' }),
    entityTag(fewer, names, row)
  ]
  expect(new Set(tags).size).toBe(4)
})

const matches: readonly [string, string | undefined, boolean][] = [
  ['no header', undefined, false],
  ['the tag', '"a"', true],
  ['the tag, made weak on the way', 'W/"a"', true],
  ['any', ' * ', true],
  ['a list with the tag', '"b", W/"x,y" ,"a"', true],
  ['a list without the tag', '"b","aa", "A"', false],
  ['the tag without quotes', 'a', false],
  ['nothing', '', false]
]

test.each(matches)('If-None-Match with %s is understood', (_name, header, expected) => {
  expect(matchesTag(header, '"a"')).toBe(expected)
})
