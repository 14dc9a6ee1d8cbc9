import { type Row, valueBytes } from '../values/value.ts'
import type { RowPage } from './store.ts'

/**
 * A page ends with the row that brings it to this size, whatever its limit says: a row may have many
 * megabytes, and a reader may ask for a thousand of them.
 */
export const maxPageBytes = 4 * 1024 * 1024

/** A page that is filled row by row. */
interface PageBuilder {
  /**
   * Add the next row. False when the page was full already: there are more rows, and this one is
   * not decoded.
   */
  add(decode: () => Row): boolean
  build(): RowPage
}

/** Start a page of at most `limit` rows, and of little more than `maxPageBytes`. */
export function createPage(limit: number): PageBuilder {
  const rows: Row[] = []
  let bytes = 0
  let more = false
  return {
    add(decode) {
      more = rows.length >= limit || bytes >= maxPageBytes
      if (more) return false
      const row = decode()
      rows.push(row)
      bytes += rowBytes(row)
      return true
    },
    build: () => ({ rows, more })
  }
}

/** An estimate, but the same one every time. */
function rowBytes(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + valueBytes(value), 0)
}
