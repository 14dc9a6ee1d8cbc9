import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'

export interface ColumnType {
  readonly scalar: string
  /** ARRAY of `scalar`. */
  readonly array: boolean
  /** Of STRING in characters, of BYTES in bytes. */
  readonly length?: number | 'MAX'
}

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly notNull: boolean
  readonly commitTimestamp: boolean
  /** The expression of DEFAULT. */
  readonly byDefault?: string
  /** The expression of a column that is computed and stored. */
  readonly generated?: string
}

export interface KeyPart {
  readonly column: string
  readonly descending: boolean
}

export interface Index {
  readonly name: string
  readonly columns: readonly KeyPart[]
  readonly storing: readonly string[]
  readonly unique: boolean
  /** Rows with NULL in one of its columns aren't in the index. */
  readonly nullFiltered: boolean
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly KeyPart[]
  readonly indexes: readonly Index[]
  /** The expression of the row deletion policy. The model shows it and deletes nothing. */
  readonly deletionPolicy?: string
  /** Microseconds since 1970: reads at an earlier time don't find the table. */
  readonly createdAt: bigint
}

/** The tables of a database, in the order in which they were created. */
export type Schema = readonly Table[]

/** Spell a type as GoogleSQL does: `STRING(64)`, `ARRAY<INT64>`. */
export function formatType({ scalar, array, length }: ColumnType): string {
  const spelled = length === undefined ? scalar : `${scalar}(${length})`
  return array ? `ARRAY<${spelled}>` : spelled
}

/** Find a table, as it was at a time. @throws a refusal, NOT_FOUND: it wasn't there */
export function tableOf(schema: Schema, name: string, at?: bigint): Table {
  const table = schema.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (table && (at === undefined || table.createdAt <= at)) return table
  throw refusal(status.NOT_FOUND, `Table not found: ${name}`)
}

/** Find a column to read or write. @throws a refusal, NOT_FOUND */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((one) => one.name === name)
  if (column) return column
  throw refusal(status.NOT_FOUND, `Column not found in table ${table.name}: ${name}`)
}
