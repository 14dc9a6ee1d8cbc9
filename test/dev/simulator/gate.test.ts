import { expect, test } from 'vitest'
import { createGate } from '../../../dev/simulator/pace.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('as many are admitted as the limit allows, in the order of their requests', async () => {
  let limit = 1
  const gate = createGate(() => limit)
  const inside: string[] = []
  for (const name of ['a', 'b', 'c', 'd']) void gate.enter().then(() => inside.push(name))
  await settled()
  expect(inside).toEqual(['a'])
  limit = 2
  gate.leave()
  await settled()
  expect(inside).toEqual(['a', 'b', 'c'])
})

test('waiting for room does not take it', async () => {
  const gate = createGate(() => 1)
  await gate.room()
  await gate.enter()
  let free = false
  void gate.room().then(() => {
    free = true
  })
  await settled()
  expect(free).toBe(false)
  gate.leave()
  await settled()
  expect(free).toBe(true)
})
