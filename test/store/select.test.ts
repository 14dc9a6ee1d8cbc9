import { describe, expect, test } from 'vitest'
import { type Dialect, selectSql } from '../../src/store/select.ts'
import type { Select } from '../../src/store/store.ts'
import { counterTable, itemsTable } from './tables.ts'

const dialect: Dialect = {
  from: (table, index) => `FROM ${table.name}${index ? ` BY ${index.name}` : ''}`
}
const [, byRank, byCode] = itemsTable.indexes

const page = (parts: Partial<Select>): Select => ({
  table: itemsTable,
  columns: ['id'],
  equals: {},
  order: ['id'],
  limit: 10,
  ...parts
})

/** What comes after FROM, and the values in the order of their parameters. */
function spell(parts: Partial<Select>) {
  const { sql, params, limit } = selectSql(page(parts), dialect)
  return { sql, values: params.map(({ value }) => value), limit }
}

const alive = '`deleted_at` IS NULL'

describe('selectSql', () => {
  test('asks for the columns in the order of the key, without tombstones, and one row too many', () => {
    expect(spell({ columns: ['value', 'id'] })).toEqual({
      sql: `SELECT \`value\`, \`id\` FROM order WHERE ${alive} ORDER BY \`id\` LIMIT @limit`,
      values: [],
      limit: 11
    })
  })

  test('has no condition for all rows of a table without tombstones', () => {
    const { sql } = spell({ table: counterTable, columns: ['day'], order: ['day'] })
    expect(sql).toBe('SELECT `day` FROM sales ORDER BY `day` LIMIT @limit')
  })

  test('orders only by what the equalities leave open', () => {
    const { sql, values } = spell({
      ...(byRank && { index: byRank }),
      equals: { rank: '1', at: null },
      order: ['rank', 'at', 'id']
    })
    expect(sql).toBe(
      'SELECT `id` FROM order BY order_by_rank ' +
        `WHERE \`rank\` = @p1 AND \`at\` IS NULL AND ${alive} ORDER BY \`id\` LIMIT @limit`
    )
    expect(values).toEqual(['1'])
  })

  test('spells every bound of a range', () => {
    const { sql, values } = spell({ range: { column: 'id', gt: 'a', gte: 'b', lt: 'y', lte: 'z' } })
    expect(sql).toContain('WHERE `id` > @p1 AND `id` >= @p2 AND `id` < @p3 AND `id` <= @p4 AND')
    expect(values).toEqual(['a', 'b', 'y', 'z'])
  })

  test('starts strictly after a position, with NULL before every value', () => {
    const { sql, values } = spell({ order: ['rank', 'at', 'id'], after: ['1', null, 'x'] })
    expect(sql).toContain(
      'WHERE `rank` >= @p1 AND (`rank` > @p2 OR (`rank` = @p3 AND ' +
        '(`at` IS NOT NULL OR (`at` IS NULL AND `id` > @p4)))) AND'
    )
    expect(values).toEqual(['1', '1', '1', 'x'])
  })

  test('finds nothing after the one row that the equalities leave', () => {
    expect(spell({ equals: { id: 'x' }, after: ['x'] }).sql).toContain('WHERE `id` = @p1 AND FALSE')
  })

  test('leaves out what a unique index leaves out', () => {
    const { sql } = spell({ ...(byCode && { index: byCode }), order: ['code', 'id'] })
    expect(sql).toContain('WHERE `code` IS NOT NULL AND')
  })
})
