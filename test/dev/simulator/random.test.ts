import { expect, test } from 'vitest'
import { createRandom } from '../../../dev/simulator/random.ts'

const numbers = (seed: number) => {
  const random = createRandom(seed)
  return Array.from({ length: 1000 }, () => random.int(1, 6))
}

test('the same seed makes the same choices, and another seed makes others', () => {
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(8)).not.toEqual(numbers(7))
})

test('a die shows every face about as often, and no other', () => {
  const shown = Map.groupBy(numbers(1), (face) => face)
  expect([...shown.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
  for (const times of shown.values()) expect(times.length).toBeGreaterThan(120)
})

test('seed 1 starts as mulberry32 does', () => {
  expect(createRandom(1).next()).toBeCloseTo(0.6270739405881613, 15)
})
