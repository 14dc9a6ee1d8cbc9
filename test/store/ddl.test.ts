import { expect, test } from 'vitest'
import { columnDdl, spannerDdl } from '../../src/store/spanner/ddl.ts'
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
