import { expect, test } from 'vitest'
import { createWindow } from '../../../dev/simulator/pace.ts'

type Window = ReturnType<typeof createWindow>

/** Answer as many pushes as the window has, of which some fail. */
function round(window: Window, { failed = 0, latencyMs = 10 } = {}): number {
  const answers = window.size()
  for (let done = 0; done < answers; done++) window.answered(done >= failed, latencyMs)
  return window.size()
}

test('it begins in single digits, and doubles up to its limit while all is well', () => {
  const window = createWindow(50)
  const sizes = [window.size(), ...Array.from({ length: 6 }, () => round(window))]
  expect(sizes).toEqual([4, 8, 16, 32, 50, 50, 50])
})

test.each([
  ['a push of a hundred fails', { failed: 1 }],
  ['answers take a second', { latencyMs: 1000 }]
])('it is halved when %s', (_name, answers) => {
  const window = createWindow(100)
  for (let rounds = 0; rounds < 5; rounds++) round(window)
  expect(round(window, answers)).toBe(50)
  expect(round(window)).toBe(100)
})

test('one failure in more than a hundred pushes does not shrink it', () => {
  const window = createWindow(200)
  for (let rounds = 0; rounds < 6; rounds++) round(window)
  expect(round(window, { failed: 1 })).toBe(200)
})

test('one push stays outstanding when everything fails', () => {
  const window = createWindow(50)
  const sizes = Array.from({ length: 5 }, () => round(window, { failed: window.size() }))
  expect(sizes).toEqual([2, 1, 1, 1, 1])
})

test('a limit below the first window applies from the start', () => {
  expect(createWindow(2).size()).toBe(2)
})
