import { expect, it } from 'vitest'
import { maxPageBytes, pageBytes, takePage } from '../../src/store/page.ts'

const row = (bytes: number) => ({ text: 'x'.repeat(bytes) })

it('ends a page with the row that fills it, and asks for no more', () => {
  const asked: number[] = []
  function* rows() {
    for (let n = 0; n < 10; n += 1) {
      asked.push(n)
      yield row(maxPageBytes / 2)
    }
  }
  expect(takePage(rows())).toHaveLength(2)
  expect(asked).toEqual([0, 1])
})

it('has at least one row, however large', () => {
  expect(takePage([row(3 * maxPageBytes), row(1)])).toHaveLength(1)
})

it('takes all rows that fit', () => {
  const rows = [row(10), row(20)]
  expect(takePage(rows)).toEqual(rows)
})

it('measures texts by their length, in arrays too', () => {
  expect(pageBytes([{ a: 'four', b: ['four', null], c: 1, d: null }])).toBe(4 + 8 + 4 + 8 + 8 + 8)
})
