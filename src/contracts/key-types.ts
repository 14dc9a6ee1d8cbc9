import type { ColumnType } from '../store/table.ts'
import type { Report } from './fault.ts'
import type { ColumnSpec } from './schema-file.ts'

/** Types of the declared columns, in the order of the table. */
export type Types = ReadonlyMap<string, ColumnType>

/** Tell whether rows can be looked up and ordered by values of this type. */
export function isOrderable({ scalar, array }: ColumnType): boolean {
  return !array && scalar !== 'JSON' && scalar !== 'FLOAT64' && scalar !== 'FLOAT32'
}

/**
 * Tell whether a key that begins with this type would send all new rows to one server: see
 * https://cloud.google.com/spanner/docs/schema-design
 */
export function isHotspot(type: ColumnType | undefined): boolean {
  return type?.scalar === 'TIMESTAMP' || type?.scalar === 'DATE'
}

/** Check that a column exists and may be part of a key or an index. */
export function checkKeyPart(
  { name, columns, types }: { name: string; columns: Record<string, ColumnSpec>; types: Types },
  pointer: string,
  report: Report
): void {
  if (!Object.hasOwn(columns, name)) {
    report(pointer, `"${name}" is no column, expected one of ${Object.keys(columns).join(', ')}`)
    return
  }
  const type = types.get(name)
  if (type && !isOrderable(type)) {
    report(pointer, `"${name}" is of a type that has no exact order, expected no ${word(type)}`)
  }
}

function word({ array, scalar }: ColumnType): string {
  return array ? 'ARRAY' : scalar
}
