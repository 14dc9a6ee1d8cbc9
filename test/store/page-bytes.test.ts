import { expect, test } from 'vitest'
import { createPage, maxPageBytes } from '../../src/store/page.ts'
import type { Row } from '../../src/values/value.ts'

const text = (length: number): Row => ({ text: 'x'.repeat(length) })

/** Offer rows until the page wants no more: the page, and how many rows were decoded. */
function fill(rows: readonly Row[], limit = 100) {
  const page = createPage(limit)
  let decoded = 0
  for (const row of rows) {
    const added = page.add(() => {
      decoded += 1
      return row
    })
    if (!added) break
  }
  return { ...page.build(), decoded }
}

test('ends a page with the row that fills it, and decodes no more', () => {
  const { rows, more, decoded } = fill(Array.from({ length: 10 }, () => text(maxPageBytes / 2)))
  expect(rows).toHaveLength(2)
  expect(more).toBe(true)
  expect(decoded).toBe(2)
})

test('has at least one row, however large', () => {
  expect(fill([text(3 * maxPageBytes), text(1)])).toMatchObject({ rows: { length: 1 }, more: true })
})

test('has no more rows when the last row fills it', () => {
  expect(fill([text(1), text(maxPageBytes)])).toMatchObject({ rows: { length: 2 }, more: false })
})

test('takes all rows that fit', () => {
  const rows = [text(10), text(20)]
  expect(fill(rows)).toMatchObject({ rows, more: false })
  expect(fill(rows, 2)).toMatchObject({ rows, more: false })
  expect(fill(rows, 1)).toMatchObject({ rows: [text(10)], more: true })
})

test.each([
  ['a text by its length', 'x'.repeat(maxPageBytes)],
  ['the texts of an array', ['x'.repeat(maxPageBytes - 16), null]],
  ['every element of an array', Array(maxPageBytes / 8 - 1).fill(null)]
])('measures %s', (_name, value) => {
  expect(fill([{ value }, text(1)])).toMatchObject({ rows: { length: 1 }, more: true })
  const less = value.slice(1)
  expect(fill([{ value: less }, text(1)])).toMatchObject({ rows: { length: 2 } })
})
