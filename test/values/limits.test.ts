import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import collectionSchema from '../../schemas/collection.schema.json' with { type: 'json' }
import { jsonBounds, type Limit, limits } from '../../src/values/limits.ts'

const rows: readonly (readonly [string, Limit])[] = Object.entries(limits)

/** Write a figure as people do: 8192 bytes are 8 KiB. */
function figure(name: string, value: number): string {
  const unit = [['MiB', 1024 * 1024] as const, ['MB', 1_000_000] as const, ['KiB', 1024] as const]
  const [word, size] = (name.endsWith('Bytes') && unit.find(([, of]) => value % of === 0)) || [
    '',
    1
  ]
  return `${(value / size).toLocaleString('en')} ${word}`.trim()
}

/** The rows of the one table under a heading, without its own head. */
function tableUnder(heading: string): readonly string[] {
  const [, section = ''] = readFileSync('docs/limits.md', 'utf8').split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return own
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
}

test('docs/limits.md has every row with its figures and its source, and no other row', () => {
  const expected = rows.map(
    ([name, { what, theirs, ours, source }]) =>
      `| ${what} | ${figure(name, theirs)} | ${figure(name, ours)} | ${source} |`
  )
  expect(tableUnder('Limits of Spanner and Pub/Sub')).toEqual(expected)
})

test('docs/limits.md has the bounds of one JSON text', () => {
  const shown = tableUnder('One event').filter((row) => row.includes('one JSON text'))
  expect(shown.map((row) => row.split(' | ')[1])).toEqual(
    Object.values(jsonBounds).map((bound) => bound.toLocaleString('en'))
  )
})

test.each(rows)(
  '%s is not below the limit of the service, unless Landfall remembers longer',
  (name, row) => {
    if (name === 'retentionDays') expect(row.ours).toBeGreaterThan(row.theirs)
    else expect(row.ours).toBeLessThanOrEqual(row.theirs)
  }
)

test('the schema of collections allows what Spanner allows, less what Landfall adds', () => {
  const { properties, $defs } = collectionSchema
  expect({
    columns: properties.columns.maxProperties,
    keyColumns: properties.key.maxItems,
    indexes: properties.indexes.maxItems,
    indexColumns: $defs.index.properties.columns.maxItems,
    retentionDays: properties.keepDeletedDays.default
  }).toEqual({
    columns: limits.columns.ours,
    keyColumns: limits.keyColumns.ours,
    indexes: limits.indexes.ours,
    indexColumns: limits.indexColumns.ours,
    retentionDays: limits.retentionDays.ours
  })
  const name = new RegExp($defs.name.pattern)
  expect(name.test('a'.repeat(limits.nameCharacters.ours))).toBe(true)
  expect(name.test('a'.repeat(limits.nameCharacters.ours + 1))).toBe(false)
})
