import { expect, test } from 'vitest'
import { realClock } from '../../../dev/simulator/clock.ts'

test('sleeping takes the given time, and at least one turn of the event loop', async () => {
  const before = realClock.now()
  await realClock.sleep(5)
  expect(realClock.now() - before).toBeGreaterThan(4)
  const turn = new Promise((resolve) => setImmediate(resolve, 'turn'))
  expect(await Promise.race([realClock.sleep(-1).then(() => 'slept'), turn])).toBe('turn')
})
