import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** Run the tests that need emulators where none is installed. */
function runWithoutEmulators(env: Readonly<Record<string, string>>) {
  const empty = mkdtempSync(join(tmpdir(), 'landfall-no-tools-'))
  onTestFinished(() => rmSync(empty, { recursive: true }))
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'emulator', 'test/faults']
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: empty, ...env } })
  return { status: ran.status, lines: ran.stdout.trim().split('\n') }
}

test('a run that a missing tool ends counts as failed', () => {
  const { status, lines } = runWithoutEmulators({ CI: '1' })
  expect(status).toBe(1)
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
})

test('a run of which nothing was run counts as failed, and names what was not run', () => {
  const { status, lines } = runWithoutEmulators({})
  expect(status).toBe(1)
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
  expect(lines.join('\n')).toMatch(/^NOT RUN: \d+ tests of the project emulator$/m)
})
