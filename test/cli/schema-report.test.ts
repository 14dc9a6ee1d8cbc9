import { describe, expect, test } from 'vitest'
import { changesJson, formatChanges } from '../../src/cli/schema-report.ts'
import type { Change } from '../../src/store/spanner/apply.ts'

const database = 'projects/p/instances/i/databases/d'

const added: Change = {
  kind: 'table-missing',
  table: 'sales',
  message: 'Table sales is missing.',
  statements: ['CREATE TABLE `sales` (\n  `day` DATE,\n) PRIMARY KEY (`day`)', 'CREATE INDEX `i`']
}
const refused: Change = {
  kind: 'column-nullable',
  table: 'sales',
  column: 'day',
  message: 'Column sales.day is nullable, expected NOT NULL.',
  statements: []
}
const left: Change = {
  kind: 'index-extra',
  table: 'sales',
  index: 'mine',
  message: 'Index mine on table sales is (day), but no collection declares it.',
  statements: []
}

describe('the report for people', () => {
  test.each([
    { name: 'no difference', changes: [], lines: [`${database}: no differences`] },
    {
      name: 'an addition with its statements',
      changes: [added],
      lines: [
        'Table sales is missing.',
        '  CREATE TABLE `sales` (',
        '    `day` DATE,',
        '  ) PRIMARY KEY (`day`);',
        '  CREATE INDEX `i`;',
        '',
        `${database}: 1 difference, 1 additive, 0 refused, 0 left alone`
      ]
    },
    {
      name: 'refused and ignored differences, with advice',
      changes: [refused, left],
      lines: [
        'Column sales.day is nullable, expected NOT NULL.',
        '  Refused. Fill it in every row, then make it NOT NULL manually.',
        '',
        'Index mine on table sales is (day), but no collection declares it.',
        '  Left alone. Drop it manually if nothing else reads from it.',
        '',
        `${database}: 2 differences, 0 additive, 1 refused, 1 left alone`
      ]
    }
  ])('says $name', ({ changes, lines }) => {
    expect(formatChanges(database, changes).split('\n')).toEqual(lines)
  })
})

describe('the document for scripts', () => {
  test('has every member of every difference', () => {
    expect(JSON.parse(changesJson(database, true, [added, refused]))).toEqual({
      database,
      applied: true,
      differences: [
        {
          kind: 'table-missing',
          table: 'sales',
          message: 'Table sales is missing.',
          blocksReadiness: true,
          apply: 'run',
          advice: null,
          statements: added.statements
        },
        {
          kind: 'column-nullable',
          table: 'sales',
          column: 'day',
          message: 'Column sales.day is nullable, expected NOT NULL.',
          blocksReadiness: true,
          apply: 'refuse',
          advice: 'Fill it in every row, then make it NOT NULL manually.',
          statements: []
        }
      ]
    })
  })

  test('is also printed when there is no difference', () => {
    expect(JSON.parse(changesJson(database, false, []))).toEqual({
      database,
      applied: false,
      differences: []
    })
  })
})
