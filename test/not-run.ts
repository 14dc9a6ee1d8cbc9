import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why the tests of a project aren't run, and how to get what they need. */
    readonly notRun: readonly string[]
  }
}

/**
 * Leave out the tests of a project where something that they need is missing: they are collected and
 * counted, and the end of the run names them. With `CI` set, what wasn't tested doesn't pass.
 *
 * @returns true when they are left out
 * @throws {Error} with `CI` set, all that is missing
 */
export function runsWithout(
  project: TestProject,
  missing: readonly string[],
  ...advice: readonly string[]
): boolean {
  if (missing.length === 0) return false
  const reasons = [...missing, ...advice]
  if (process.env['CI']) throw new Error(reasons.join('\n'))
  project.provide('notRun', reasons)
  // No name matches, so that every test is skipped, and no hook of its file is run.
  project.config.testNamePattern = /(?!)/
  return true
}
