import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openShell } from './shell.ts'
import { comparable, patternOf, readSteps } from './walk-through.ts'

test('the runbook shows the real output of commands that need no Google Cloud', async () => {
  const text = readFileSync('docs/runbook.md', 'utf8')
  const run = openShell('.', { PATH: process.env['PATH'] })
  const steps = readSteps(text).flatMap((step) => (step.does === 'run' ? [step] : []))
  expect(steps.length).toBeGreaterThan(0)
  for (const { commands, prints } of steps) {
    expect(comparable(await run(commands))).toMatch(patternOf(prints))
  }
})
