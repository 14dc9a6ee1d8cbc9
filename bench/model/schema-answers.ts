import { status } from '@grpc/grpc-js'
import type { Index, Table } from '../../src/store/table.ts'
import { formatType } from '../../src/values/column-types.ts'
import { refusal } from './refusal.ts'

/** Rows of STRING columns, by the names that a query selects them by. */
type Answer = readonly Readonly<Record<string, string | null>>[]

/**
 * Answer the queries that the service makes of INFORMATION_SCHEMA as a database with exactly these
 * tables would (https://cloud.google.com/spanner/docs/information-schema).
 *
 * @throws a refusal of any other query
 */
export function answerQuery(sql: string, tables: readonly Table[]): Answer {
  const [, answer] = Object.entries(answers).find(([words]) => sql.includes(words)) ?? []
  if (answer) return answer(tables)
  throw refusal(status.UNIMPLEMENTED, `The model of Spanner does not know the query ${sql}`)
}

const answers: Readonly<Record<string, (tables: readonly Table[]) => Answer>> = {
  'SELECT 1': () => [{ '': '1' }],
  'information_schema.database_options': () => [{ option_value: 'GOOGLE_STANDARD_SQL' }],
  'INFORMATION_SCHEMA.TABLES': (tables) =>
    tables.map(({ name, ttl }) => ({
      TABLE_NAME: name,
      ROW_DELETION_POLICY_EXPRESSION: ttl
        ? `OLDER_THAN(${ttl.column}, INTERVAL ${ttl.days} DAY)`
        : null
    })),
  'INFORMATION_SCHEMA.COLUMNS': (tables) => tables.flatMap(columnRows),
  'INFORMATION_SCHEMA.INDEXES': (tables) =>
    tables.flatMap((table) => indexesOf(table).map((index) => indexRow(table, index))),
  'INFORMATION_SCHEMA.INDEX_COLUMNS': (tables) =>
    tables.flatMap((table) =>
      indexesOf(table).flatMap((index) => [
        ...index.columns.map((column) => indexColumnRow(table, index, column, false)),
        ...index.storing.map((column) => indexColumnRow(table, index, column, true))
      ])
    )
}

const primary = 'PRIMARY_KEY'

const indexesOf = ({ primaryKey, indexes }: Table): readonly Index[] => [
  { name: primary, columns: primaryKey, storing: [], unique: true },
  ...indexes
]

function columnRows({ name, columns }: Table): Answer {
  return columns.map((column) => ({
    TABLE_NAME: name,
    COLUMN_NAME: column.name,
    SPANNER_TYPE: formatType(column.type),
    IS_NULLABLE: column.notNull ? 'NO' : 'YES',
    OPTION_VALUE: column.commitTimestamp ? 'TRUE' : null,
    IS_FILLED: 'false',
    GENERATION_EXPRESSION: null
  }))
}

function indexRow(table: Table, { name, unique }: Index): Answer[number] {
  return {
    TABLE_NAME: table.name,
    INDEX_NAME: name,
    INDEX_TYPE: name === primary ? primary : 'INDEX',
    INDEX_STATE: name === primary ? null : 'READ_WRITE',
    IS_UNIQUE: String(unique),
    IS_NULL_FILTERED: String(unique && name !== primary)
  }
}

function indexColumnRow(table: Table, index: Index, column: string, stored: boolean) {
  return {
    TABLE_NAME: table.name,
    INDEX_NAME: index.name,
    COLUMN_NAME: column,
    COLUMN_ORDERING: stored ? null : 'ASC',
    IS_STORED: String(stored)
  }
}
