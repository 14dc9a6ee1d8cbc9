import { status } from '@grpc/grpc-js'
import type { Texts } from './information-schema.ts'
import { refusal } from './refusal.ts'
import type { Column, ColumnType } from './schema.ts'
import type { Value } from './values.ts'

/** A `google.protobuf.Value`. */
export interface Cell {
  readonly kind?: string
  readonly stringValue?: string
  readonly numberValue?: number
  readonly boolValue?: boolean
  readonly nullValue?: 'NULL_VALUE'
  readonly listValue?: { readonly values?: readonly Cell[] }
}

/** A `google.spanner.v1.Type`. */
export interface Type {
  readonly code: string
  readonly arrayElementType?: Type | null
}

interface Field {
  readonly name: string
  readonly type: Type
}

/** A `google.spanner.v1.PartialResultSet` that holds the whole result: the model sends no parts. */
export interface ResultSet {
  readonly metadata: { readonly rowType: { readonly fields: readonly Field[] } }
  readonly values: readonly Cell[]
}

/** Lay out rows of columns of a table. */
export function rowsResult(columns: readonly Column[], rows: readonly Value[][]): ResultSet {
  const fields = columns.map(({ name, type: { scalar, array } }) => ({
    name,
    type: array ? { code: 'ARRAY', arrayElementType: { code: scalar } } : { code: scalar }
  }))
  const values = rows.flatMap((row) => row.map((value, at) => toCell(columns[at]?.type, value)))
  return { metadata: { rowType: { fields } }, values }
}

/** Lay out rows of texts. */
export function textResult(rows: Texts): ResultSet {
  const names = Object.keys(rows[0] ?? {})
  const fields = names.map((name) => ({ name, type: { code: 'STRING' } }))
  const values = rows.flatMap((row) => names.map((name) => toCell(undefined, row[name] ?? null)))
  return { metadata: { rowType: { fields } }, values }
}

/** Spell a value as the protocol carries it: a TIMESTAMP without trailing zeros. */
function toCell(type: ColumnType | undefined, value: Value): Cell {
  if (value === null) return { nullValue: 'NULL_VALUE' }
  if (typeof value === 'number') return { numberValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'string')
    return { listValue: { values: value.map((element) => toCell(type, element)) } }
  const time = type?.scalar === 'TIMESTAMP'
  return { stringValue: time ? value.replace(/\.?0*Z$/, 'Z') : value }
}

/** Read a value as the protocol carries it. @throws a refusal of a `google.protobuf.Struct` */
export function fromCell(cell: Cell | undefined): Value {
  const { kind = 'nullValue', stringValue, numberValue, boolValue, listValue } = cell ?? {}
  if (kind === 'nullValue') return null
  if (kind === 'listValue') return (listValue?.values ?? []).map(fromCell)
  const value = stringValue ?? numberValue ?? boolValue
  if (value === undefined) throw refusal(status.INVALID_ARGUMENT, `Unexpected value: ${kind}`)
  return value
}

/** Read the type of a parameter. */
export function fromType({ code, arrayElementType }: Type): ColumnType {
  return { scalar: arrayElementType?.code ?? code, array: code === 'ARRAY' }
}
