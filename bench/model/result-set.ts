import type { Column } from '../../src/store/table.ts'
import type { Cell } from './rows.ts'

interface Field {
  readonly name: string
  readonly type: { readonly code: string; readonly arrayElementType?: { readonly code: string } }
}

/** A `google.spanner.v1.PartialResultSet` that holds the whole result. */
export interface ResultSet {
  readonly metadata: { readonly rowType: { readonly fields: readonly Field[] } }
  readonly values: readonly Cell[]
}

/** Lay out rows of columns of a table. */
export function rowsResult(columns: readonly Column[], rows: readonly Cell[][]): ResultSet {
  const fields = columns.map(({ name, type: { scalar, array } }) => ({
    name,
    type: array ? { code: 'ARRAY', arrayElementType: { code: scalar } } : { code: scalar }
  }))
  return { metadata: { rowType: { fields } }, values: rows.flat() }
}

/** Lay out rows of texts. */
export function textResult(rows: readonly Readonly<Record<string, string | null>>[]): ResultSet {
  const names = Object.keys(rows[0] ?? {})
  const fields = names.map((name) => ({ name, type: { code: 'STRING' } }))
  return {
    metadata: { rowType: { fields } },
    values: rows.flatMap((row) => names.map((name) => textCell(row[name] ?? null)))
  }
}

const textCell = (text: string | null): Cell => (text === null ? nullCell : { stringValue: text })

export const nullCell: Cell = { nullValue: 'NULL_VALUE' }
