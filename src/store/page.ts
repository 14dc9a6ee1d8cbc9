import { type Row, valueBytes } from '../values/value.ts'

/**
 * A page ends with the row that brings it to this size, whatever its limit says: a row may have many
 * megabytes, and a reader may ask for a thousand of them.
 */
export const maxPageBytes = 4 * 1024 * 1024

/** Measure rows as a page counts them: an estimate, but always the same one. */
export function pageBytes(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + rowBytes(row), 0)
}

/** Take rows one by one until the page is full; the row that fills it is part of it. */
export function takePage(rows: Iterable<Row>): readonly Row[] {
  const page: Row[] = []
  let bytes = 0
  for (const row of rows) {
    page.push(row)
    bytes += rowBytes(row)
    if (bytes >= maxPageBytes) break
  }
  return page
}

export function rowBytes(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + valueBytes(value), 0)
}
