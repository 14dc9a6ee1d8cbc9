import { formatType, type Index, type Schema, type Table } from './schema.ts'

/** Rows of STRING columns, by the names that a query selects them by. */
export type Texts = readonly Readonly<Record<string, string | null>>[]

export interface Described {
  readonly schema: Schema
  readonly dialect: string
}

/**
 * Answer the queries that the service makes of INFORMATION_SCHEMA
 * (https://cloud.google.com/spanner/docs/information-schema). They are known by the view that they
 * start from; the model doesn't evaluate them.
 *
 * @returns undefined for any other query
 */
export function describeSchema(sql: string, { schema, dialect }: Described): Texts | undefined {
  const [, view] = /FROM INFORMATION_SCHEMA\.(\w+)/i.exec(sql) ?? []
  if (view === 'database_options') return [{ option_value: dialect }]
  return view ? views[view]?.(schema) : undefined
}

const views: Readonly<Record<string, (schema: Schema) => Texts>> = {
  TABLES: (schema) =>
    schema.map(({ name, deletionPolicy }) => ({
      TABLE_NAME: name,
      ROW_DELETION_POLICY_EXPRESSION: deletionPolicy ?? null
    })),
  COLUMNS: (schema) => schema.flatMap(columnRows),
  INDEXES: (schema) =>
    schema.flatMap((table) => indexesOf(table).map((index) => indexRow(table, index))),
  INDEX_COLUMNS: (schema) =>
    schema.flatMap((table) => indexesOf(table).flatMap((index) => indexColumnRows(table, index)))
}

const primary = 'PRIMARY_KEY'

const indexesOf = ({ primaryKey, indexes }: Table): readonly Index[] => [
  { name: primary, columns: primaryKey, storing: [], unique: true, nullFiltered: false },
  ...indexes
]

function columnRows({ name, columns }: Table): Texts {
  return columns.map((column) => ({
    TABLE_NAME: name,
    COLUMN_NAME: column.name,
    SPANNER_TYPE: formatType(column.type),
    IS_NULLABLE: column.notNull ? 'NO' : 'YES',
    OPTION_VALUE: column.commitTimestamp ? 'TRUE' : null,
    IS_FILLED: String(column.byDefault !== undefined || column.generated !== undefined),
    GENERATION_EXPRESSION: column.generated ?? null
  }))
}

function indexRow(table: Table, { name, unique, nullFiltered }: Index): Texts[number] {
  return {
    TABLE_NAME: table.name,
    INDEX_NAME: name,
    INDEX_TYPE: name === primary ? primary : 'INDEX',
    INDEX_STATE: name === primary ? null : 'READ_WRITE',
    IS_UNIQUE: String(unique),
    IS_NULL_FILTERED: String(nullFiltered)
  }
}

function indexColumnRows(table: Table, { name, columns, storing }: Index): Texts {
  const row = (column: string, ordering: string | null) => ({
    TABLE_NAME: table.name,
    INDEX_NAME: name,
    COLUMN_NAME: column,
    COLUMN_ORDERING: ordering,
    IS_STORED: String(ordering === null)
  })
  return [
    ...columns.map(({ column, descending }) => row(column, descending ? 'DESC' : 'ASC')),
    ...storing.map((column) => row(column, null))
  ]
}
