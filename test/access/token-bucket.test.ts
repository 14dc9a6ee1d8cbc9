import { expect, it } from 'vitest'
import { createTokenBucket } from '../../src/access/token-bucket.ts'

it('gives all of a minute at once, then each when its share of the minute has passed', () => {
  const take = createTokenBucket(60)
  const taken = (times: number, now: number) =>
    Array.from({ length: times }, () => take(now)).filter(Boolean).length
  expect(taken(100, 5000)).toBe(60)
  expect(taken(1, 5999)).toBe(0)
  expect(taken(2, 6000)).toBe(1)
  expect(taken(10, 9000)).toBe(3)
  expect(taken(100, 3_600_000)).toBe(60)
})
