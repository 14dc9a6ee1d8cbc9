import type { Snapshot } from '@google-cloud/spanner'
import type { Row, Value } from '../../values/value.ts'
import type { LiveTable } from '../schema/compare.ts'
import type { LiveColumn } from '../schema/compare-columns.ts'
import { querySchema, type ReadTime } from './read-rows.ts'

const queries = {
  tables: `SELECT t.TABLE_NAME, t.ROW_DELETION_POLICY_EXPRESSION FROM INFORMATION_SCHEMA.TABLES AS t
    WHERE t.TABLE_SCHEMA = '' AND t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_NAME IN UNNEST(@names)`,
  columns: `SELECT c.TABLE_NAME, c.COLUMN_NAME, c.SPANNER_TYPE, c.IS_NULLABLE, o.OPTION_VALUE,
      CAST(c.COLUMN_DEFAULT IS NOT NULL OR c.IS_GENERATED = 'ALWAYS' OR c.IS_IDENTITY = 'YES'
        AS STRING) AS IS_FILLED, c.GENERATION_EXPRESSION
    FROM INFORMATION_SCHEMA.COLUMNS AS c LEFT JOIN INFORMATION_SCHEMA.COLUMN_OPTIONS AS o
      ON o.TABLE_SCHEMA = c.TABLE_SCHEMA AND o.TABLE_NAME = c.TABLE_NAME
      AND o.COLUMN_NAME = c.COLUMN_NAME AND o.OPTION_NAME = 'allow_commit_timestamp'
    WHERE c.TABLE_SCHEMA = '' AND c.TABLE_NAME IN UNNEST(@names) ORDER BY c.ORDINAL_POSITION`,
  indexes: `SELECT i.TABLE_NAME, i.INDEX_NAME, i.INDEX_TYPE, i.INDEX_STATE,
      CAST(i.IS_UNIQUE AS STRING) AS IS_UNIQUE,
      CAST(i.IS_NULL_FILTERED AS STRING) AS IS_NULL_FILTERED
    FROM INFORMATION_SCHEMA.INDEXES AS i
    WHERE i.TABLE_SCHEMA = '' AND i.TABLE_NAME IN UNNEST(@names)`,
  indexColumns: `SELECT c.TABLE_NAME, c.INDEX_NAME, c.COLUMN_NAME, c.COLUMN_ORDERING,
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
  time: ReadTime
): Promise<ReadonlyMap<string, LiveTable>> {
  const ask = (sql: string) => {
    const types = { names: { type: 'array', child: 'string' } } as const
    const query = { sql, params: { names: [...names] }, types }
    return querySchema(snapshot(), query, time)
  }
  const [tables, columns, indexes, indexColumns] = await Promise.all([
    ask(queries.tables),
    ask(queries.columns),
    ask(queries.indexes),
    ask(queries.indexColumns)
  ])
  const described = tables.map((table) => {
    const ofTable = (row: Row) => row['TABLE_NAME'] === table['TABLE_NAME']
    const rows = { columns: columns.filter(ofTable), indexes: indexes.filter(ofTable) }
    return liveTableOf(table, { ...rows, indexColumns: indexColumns.filter(ofTable) })
  })
  return new Map(described.map((table) => [table.name, table]))
}

type TableRows = Readonly<Record<'columns' | 'indexes' | 'indexColumns', readonly Row[]>>

function liveTableOf(table: Row, { columns, indexes, indexColumns }: TableRows): LiveTable {
  const primary = indexes.find((row) => row['INDEX_TYPE'] === 'PRIMARY_KEY')
  return {
    name: String(table['TABLE_NAME']),
    columns: columns.map(describeColumn),
    primaryKey: primary ? columnsOf(primary, indexColumns, 'false') : [],
    indexes: indexes
      .filter((row) => row !== primary)
      .map((row) => ({
        name: String(row['INDEX_NAME']),
        unique: row['IS_UNIQUE'] === 'true',
        nullFiltered: row['IS_NULL_FILTERED'] === 'true',
        building: row['INDEX_STATE'] !== null && row['INDEX_STATE'] !== 'READ_WRITE',
        columns: columnsOf(row, indexColumns, 'false'),
        storing: columnsOf(row, indexColumns, 'true')
      })),
    ttl: parseTtl(table['ROW_DELETION_POLICY_EXPRESSION'])
  }
}

/**
 * A column that is computed has its expression in its type, so that it never equals a declared one.
 */
function describeColumn(row: Row): LiveColumn {
  const [type, expression] = [String(row['SPANNER_TYPE']), row['GENERATION_EXPRESSION']]
  return {
    name: String(row['COLUMN_NAME']),
    type: expression ? `${type} AS (${expression})` : type,
    notNull: row['IS_NULLABLE'] === 'NO',
    commitTimestamp: row['OPTION_VALUE'] === 'TRUE',
    filled: row['IS_FILLED'] === 'true'
  }
}

function columnsOf(index: Row, indexColumns: readonly Row[], stored: 'true' | 'false') {
  return indexColumns
    .filter((row) => row['INDEX_NAME'] === index['INDEX_NAME'] && row['IS_STORED'] === stored)
    .map((row) => `${row['COLUMN_NAME']}${row['COLUMN_ORDERING'] === 'DESC' ? ' DESC' : ''}`)
}

/** The only form that exists: `OLDER_THAN(deleted_at, INTERVAL 35 DAY)`. */
function parseTtl(policy: Value | undefined): LiveTable['ttl'] {
  if (typeof policy !== 'string') return null
  const [, column = policy, days] =
    /^OLDER_THAN\(`?(\w+)`?, INTERVAL (\d+) DAY\)$/i.exec(policy) ?? []
  return { column, days: Number(days ?? 0) }
}
