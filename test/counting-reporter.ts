import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line, `N passed, N failed`, from the real counts. A file that does not
 * load and an error outside of a test count as failures, and so does a run without a test.
 */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length
    const failed = count('failed') + broken + errors.length
    const skipped = count('skipped') + count('pending')
    if (tests.length === 0) process.exitCode = 1
    const tail = skipped > 0 ? `, ${skipped} skipped` : ''
    // The default reporter writes after this one has its turn; the line must come last.
    process.once('exit', () =>
      process.stdout.write(`${count('passed')} passed, ${failed} failed${tail}\n`)
    )
  }
}
