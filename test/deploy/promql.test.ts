import { expect, test } from 'vitest'
import { selectedBy } from './promql.ts'

test('it returns the metrics of an expression with the labels that matter for each', () => {
  expect(
    selectedBy('sum by (le, type) (rate(a_bucket{x="1", y!~"2.*"}[5m])) / on (z) b or absent(c)')
  ).toEqual([
    { metric: 'a_bucket', labels: ['le', 'type', 'x', 'y'] },
    { metric: 'b', labels: [] },
    { metric: 'c', labels: [] }
  ])
})

test('it reads names with a colon, and ignores words inside strings', () => {
  expect(selectedBy('max(a_googleapis_com:b_c{d="landfall_x"}) > 0')).toEqual([
    { metric: 'a_googleapis_com:b_c', labels: ['d'] }
  ])
})

test.each(['sum(rate(a[5m])', 'a{b=1}', 'a >', '{b="c"}', ''])('it refuses %j', (expression) => {
  expect(() => selectedBy(expression)).toThrow()
})
