import { spawnSync } from 'node:child_process'
import type { TestProject } from 'vitest/node'
import { runsWithout } from './not-run.ts'

/** What the tests of shell scripts run, each with a command that fails where it is missing. */
const tools = {
  'bash 5': ['bash', '-c', '((BASH_VERSINFO >= 5))'],
  jq: ['jq', '--version'],
  curl: ['curl', '--version'],
  timeout: ['timeout', '5', 'true'],
  ps: ['ps', '-eo', 'pid=']
} as const

/** Leave the tests out where a tool is missing. */
export function setup(project: TestProject): void {
  const missing = Object.entries(tools)
    .filter(([, [command, ...args]]) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0)
    .map(([name]) => `There is no ${name} in PATH.`)
  runsWithout(project, missing)
}
