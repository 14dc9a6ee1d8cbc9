import { expect, test } from 'vitest'
import { reportChaos } from '../../../dev/chaos/report.ts'
import { runChaos } from '../../../dev/chaos/run-chaos.ts'

test('a short run with faults keeps every promise, and says what it did', async () => {
  const options = { seed: 1, seconds: 6, processes: 1, faults: ['lost-answers'] } as const
  const report = await runChaos({ ...options, env: process.env, note: () => undefined })
  const text = reportChaos(options, report)
  expect(text).toMatch(/^Seed 1: 6 s of faults, 1 processes, \d+ events/m)
  expect(text).toMatch(/^Disturbed calls: lost-answers \d+/m)
  expect(text).toMatch(/\n14 passed, 0 failed$/)
}, 120_000)
