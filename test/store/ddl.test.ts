import { describe, expect, test } from 'vitest'
import { differenceKinds } from '../../src/store/schema/difference.ts'
import { additiveDdl, columnDdl, spannerDdl } from '../../src/store/spanner/ddl.ts'
import type { Table } from '../../src/store/table.ts'

const text = { scalar: 'STRING', array: false, length: 64 } as const
const time = { scalar: 'TIMESTAMP', array: false } as const

const table: Table = {
  name: 'order',
  kind: 'state',
  columns: [
    { name: 'group', type: text, notNull: true },
    { name: 'nr', type: { scalar: 'INT64', array: false }, notNull: true },
    { name: 'tags', type: { scalar: 'BYTES', array: true, length: 'MAX' }, notNull: false },
    { name: 'deleted_at', type: time, notNull: false, commitTimestamp: true }
  ],
  primaryKey: ['group', 'nr'],
  indexes: [
    { name: 'by_nr', columns: ['nr', 'group'], storing: ['tags', 'deleted_at'], unique: false },
    { name: 'one_nr', columns: ['nr'], storing: [], unique: true }
  ],
  guardColumns: [],
  ttl: { column: 'deleted_at', days: 35 }
}

test('a table is one statement, and so is each of its indexes', () => {
  expect(spannerDdl([table])).toEqual([
    [
      'CREATE TABLE `order` (',
      '  `group` STRING(64) NOT NULL,',
      '  `nr` INT64 NOT NULL,',
      '  `tags` ARRAY<BYTES(MAX)>,',
      '  `deleted_at` TIMESTAMP OPTIONS (allow_commit_timestamp = true),',
      ') PRIMARY KEY (`group`, `nr`), ROW DELETION POLICY (OLDER_THAN(`deleted_at`, INTERVAL 35 DAY))'
    ].join('\n'),
    'CREATE INDEX `by_nr` ON `order` (`nr`, `group`) STORING (`tags`, `deleted_at`)',
    'CREATE UNIQUE NULL_FILTERED INDEX `one_nr` ON `order` (`nr`)'
  ])
})

test('a table that keeps its rows has no deletion policy', () => {
  const { ttl: _, ...kept } = table
  expect(spannerDdl([{ ...kept, indexes: [] }])[0]).toMatch(/\) PRIMARY KEY \(`group`, `nr`\)$/)
})

test('a column that is always written with the commit timestamp is NOT NULL first', () => {
  expect(
    columnDdl({ name: 'committed_at', type: time, notNull: true, commitTimestamp: true })
  ).toBe('`committed_at` TIMESTAMP NOT NULL OPTIONS (allow_commit_timestamp = true)')
})

describe('what resolves a difference', () => {
  const differs = (kind: keyof typeof differenceKinds, subject: object = {}) =>
    additiveDdl(table, { kind, table: table.name, message: '', ...subject })

  test.each([
    [
      'column-missing',
      { column: 'tags' },
      'ALTER TABLE `order` ADD COLUMN `tags` ARRAY<BYTES(MAX)>'
    ],
    [
      'column-missing',
      { column: 'deleted_at' },
      'ALTER TABLE `order` ADD COLUMN `deleted_at` TIMESTAMP OPTIONS (allow_commit_timestamp = true)'
    ],
    [
      'column-short',
      { column: 'group' },
      'ALTER TABLE `order` ALTER COLUMN `group` STRING(64) NOT NULL'
    ],
    [
      'column-required',
      { column: 'deleted_at' },
      'ALTER TABLE `order` ALTER COLUMN `deleted_at` TIMESTAMP'
    ],
    [
      'column-commit-timestamp',
      { column: 'deleted_at' },
      'ALTER TABLE `order` ALTER COLUMN `deleted_at` SET OPTIONS (allow_commit_timestamp = true)'
    ],
    [
      'column-commit-timestamp',
      { column: 'nr' },
      'ALTER TABLE `order` ALTER COLUMN `nr` SET OPTIONS (allow_commit_timestamp = null)'
    ],
    [
      'ttl-missing',
      {},
      'ALTER TABLE `order` ADD ROW DELETION POLICY (OLDER_THAN(`deleted_at`, INTERVAL 35 DAY))'
    ],
    [
      'ttl-short',
      {},
      'ALTER TABLE `order` REPLACE ROW DELETION POLICY (OLDER_THAN(`deleted_at`, INTERVAL 35 DAY))'
    ],
    [
      'index-missing',
      { index: 'one_nr' },
      'CREATE UNIQUE NULL_FILTERED INDEX `one_nr` ON `order` (`nr`)'
    ],
    [
      'stored-missing',
      { index: 'by_nr', column: 'tags' },
      'ALTER INDEX `by_nr` ADD STORED COLUMN `tags`'
    ]
  ] as const)('is one statement for %s of %j', (kind, subject, statement) => {
    expect(differs(kind, subject)).toEqual([statement])
  })

  test('is the table and its indexes where there is no table', () => {
    expect(differs('table-missing')).toEqual(spannerDdl([table]))
  })

  test('is nothing where it is not additive', () => {
    const kinds = Object.entries(differenceKinds).filter(([, { apply }]) => apply !== 'run')
    expect(kinds.length).toBeGreaterThan(5)
    for (const kind of Object.keys(differenceKinds) as (keyof typeof differenceKinds)[]) {
      const subject = { column: 'nr', index: 'one_nr' }
      const expected = differenceKinds[kind].apply === 'run'
      expect(differs(kind, subject).length > 0, kind).toBe(expected)
    }
  })
})
