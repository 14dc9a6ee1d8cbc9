import type { Snapshot } from '@google-cloud/spanner'
import type { LiveTable } from '../compare.ts'
import type { Row } from '../value.ts'
import { querySchema } from './read-rows.ts'

const queries = {
  columns: `SELECT c.TABLE_NAME, c.COLUMN_NAME, c.SPANNER_TYPE, c.IS_NULLABLE, o.OPTION_VALUE
    FROM INFORMATION_SCHEMA.COLUMNS AS c LEFT JOIN INFORMATION_SCHEMA.COLUMN_OPTIONS AS o
      ON o.TABLE_SCHEMA = c.TABLE_SCHEMA AND o.TABLE_NAME = c.TABLE_NAME
      AND o.COLUMN_NAME = c.COLUMN_NAME AND o.OPTION_NAME = 'allow_commit_timestamp'
    WHERE c.TABLE_SCHEMA = '' AND c.TABLE_NAME IN UNNEST(@names) ORDER BY c.ORDINAL_POSITION`,
  indexes: `SELECT i.TABLE_NAME, i.INDEX_NAME, i.INDEX_TYPE, CAST(i.IS_UNIQUE AS STRING) AS IS_UNIQUE
    FROM INFORMATION_SCHEMA.INDEXES AS i
    WHERE i.TABLE_SCHEMA = '' AND i.TABLE_NAME IN UNNEST(@names)`,
  indexColumns: `SELECT c.TABLE_NAME, c.INDEX_NAME, c.COLUMN_NAME,
      CAST(c.ORDINAL_POSITION IS NULL AS STRING) AS IS_STORED
    FROM INFORMATION_SCHEMA.INDEX_COLUMNS AS c
    WHERE c.TABLE_SCHEMA = '' AND c.TABLE_NAME IN UNNEST(@names) ORDER BY c.ORDINAL_POSITION`
} as const

/**
 * Describe the tables of these names that the database has, from its INFORMATION_SCHEMA
 * (https://cloud.google.com/spanner/docs/information-schema).
 */
export async function readLiveTables(
  snapshot: () => Snapshot,
  names: readonly string[],
  timeoutMs: number
): Promise<ReadonlyMap<string, LiveTable>> {
  const ask = (sql: string) => {
    const types = { names: { type: 'array', child: 'string' } } as const
    const query = { sql, params: { names: [...names] }, types }
    return querySchema(snapshot(), query, timeoutMs)
  }
  const [columns, indexes, indexColumns] = await Promise.all([
    ask(queries.columns),
    ask(queries.indexes),
    ask(queries.indexColumns)
  ])
  const tables = names.map((name) => {
    const ofTable = (row: Row) => row['TABLE_NAME'] === name
    return describe(name, {
      columns: columns.filter(ofTable),
      indexes: indexes.filter(ofTable),
      indexColumns: indexColumns.filter(ofTable)
    })
  })
  return new Map(tables.filter(({ columns }) => columns.length > 0).map((one) => [one.name, one]))
}

type TableRows = Readonly<Record<keyof typeof queries, readonly Row[]>>

function describe(name: string, { columns, indexes, indexColumns }: TableRows): LiveTable {
  const columnsOf = (index: Row, stored: 'true' | 'false') =>
    indexColumns
      .filter((row) => row['INDEX_NAME'] === index['INDEX_NAME'] && row['IS_STORED'] === stored)
      .map((row) => String(row['COLUMN_NAME']))
  const primary = indexes.find((row) => row['INDEX_TYPE'] === 'PRIMARY_KEY')
  return {
    name,
    columns: columns.map((row) => ({
      name: String(row['COLUMN_NAME']),
      type: String(row['SPANNER_TYPE']),
      notNull: row['IS_NULLABLE'] === 'NO',
      commitTimestamp: row['OPTION_VALUE'] === 'TRUE'
    })),
    primaryKey: primary ? columnsOf(primary, 'false') : [],
    indexes: indexes
      .filter((row) => row !== primary)
      .map((row) => ({
        name: String(row['INDEX_NAME']),
        unique: row['IS_UNIQUE'] === 'true',
        columns: columnsOf(row, 'false'),
        storing: columnsOf(row, 'true')
      }))
  }
}
