import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line, `N passed, N failed`, from the real counts. A file that does not
 * load and an error outside of a test count as failures. A run without a test that passed has at least
 * one: a setup that throws ends it before anything else is counted. Before that line stands what was not run, with what it needs.
 */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const passed = count(modules, 'passed')
    const found = count(modules, 'failed') + modules.filter(isBroken).length + errors.length
    const failed = passed === 0 ? Math.max(found, 1) : found
    if (failed > 0) process.exitCode = 1
    const lines = [...notRun(modules), `${passed} passed, ${failed} failed`]
    // The default reporter writes after this one, and the line must be the last.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`))
  }
}

const isBroken = (module: TestModule) => module.errors().length > 0

const count = (modules: readonly TestModule[], ...states: readonly string[]) =>
  modules
    .flatMap((module) => [...module.children.allTests()])
    .filter((test) => states.includes(test.result().state)).length

/** Name what was left out, by project: the files, and how to get what they need. */
function notRun(modules: readonly TestModule[]): readonly string[] {
  const byProject = Map.groupBy(modules, ({ project }) => project)
  return [...byProject].flatMap(([project, files]) => {
    const skipped = count(files, 'skipped', 'pending')
    if (skipped === 0) return []
    const reasons = project.getProvidedContext().notRun ?? []
    const names = files
      .filter((file) => count([file], 'skipped', 'pending') > 0)
      .map(({ relativeModuleId }) => relativeModuleId)
    return [
      `NOT RUN: ${skipped} tests of the project ${project.name}`,
      ...reasons.map((reason) => `  ${reason}`),
      `  They are in ${names.toSorted().join(', ')}`
    ]
  })
}
