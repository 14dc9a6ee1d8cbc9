import { expect, test } from 'vitest'
import { createProgress } from '../../dev/progress.ts'

function shown(isTTY: boolean): string {
  const written: string[] = []
  const progress = createProgress({ isTTY, write: (text) => written.push(text) })
  progress.begin('Sending')
  for (let done = 1; done <= 1000; done++) progress.at(done, 1000)
  progress.end()
  return written.join('')
}

test('a terminal shows one line, which is updated a few times and then removed', () => {
  const text = shown(true)
  expect(text).not.toContain('\n')
  expect(text.split('\r').length).toBeLessThan(150)
  expect(text).toContain(' 50 %')
  expect(text.endsWith('\r\u001b[K')).toBe(true)
})

test('a file gets a few plain lines', () => {
  expect(shown(false)).toBe('Sending\n  25 %\n  50 %\n  75 %\n  100 %\n')
})
