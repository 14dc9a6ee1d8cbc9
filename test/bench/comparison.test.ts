import { expect, test } from 'vitest'
import { compare, median } from '../../bench/comparison.ts'

const named = { what: 'events', unit: '1/s', against: 'another', reach: { atLeast: 2 } }

test('compares within each round, so that a slow round slows both', () => {
  const rounds = [
    { landfall: 300, other: 100 },
    { landfall: 20, other: 10 },
    { landfall: 400, other: 100 }
  ]
  expect(compare(named, rounds)).toMatchObject({
    landfall: 300,
    other: 100,
    ratio: 3,
    min: 2,
    max: 4,
    reached: true
  })
})

test.each([
  { reach: { atLeast: 2 }, landfall: 2, reached: true },
  { reach: { atLeast: 2 }, landfall: 1.9, reached: false },
  { reach: { atMost: 2 }, landfall: 2, reached: true },
  { reach: { atMost: 2 }, landfall: 2.1, reached: false }
])('a ratio of $landfall meets the target $reach: $reached', ({ reach, landfall, reached }) => {
  expect(compare({ ...named, reach }, [{ landfall, other: 1 }]).reached).toBe(reached)
})

test.each([
  { values: [3], middle: 3 },
  { values: [9, 1, 5], middle: 5 },
  { values: [4, 1, 2, 9], middle: 3 }
])('the median of $values is $middle', ({ values, middle }) => {
  expect(median(values)).toBe(middle)
})
