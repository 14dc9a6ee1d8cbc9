import { type Command, command } from '../../src/cli/command.ts'
import { wholeNumber, withDefault } from '../../src/cli/parameters.ts'
import { reportDemo } from '../demo/report.ts'
import { runDemo } from '../demo/run-demo.ts'
import { createProgress, type Progress } from '../progress.ts'
import { expectRows } from '../simulator/expect.ts'
import type { Expect } from '../simulator/expectation.ts'

const exitBySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * `landfall demo`: start the real service, send it a few thousand events in every envelope, and
 * check that what can be read afterwards is right. Exit code 1 and the differences when it is not.
 *
 * @throws {Complaint} when the service does not start or ends early
 */
export const demo = demoThatExpects(expectRows)

/** Make the command with other expectations, so that a test sees it fail. */
export function demoThatExpects(expect: Expect): Command {
  return command({
    options: {
      count: withDefault('n', 'number of events to send', wholeNumber(100, 100_000), 3000),
      seed: withDefault(
        'n',
        'seed of the events; the same seed sends the same events',
        wholeNumber(0, 2 ** 32 - 1),
        1
      )
    },
    details: `
The service listens on a free port and keeps its rows in a temporary file. Both are removed at the
end.
Exit codes: 0 everything is as expected, 1 it is not, 2 usage error.`,
    async run({ seed, count }, { env, print }) {
      const progress = createProgress(process.stderr)
      const removeListeners = endOnSignals(progress)
      print(opening(seed, count))
      try {
        const findings = await runDemo({ seed, count, env, progress, expect })
        progress.end()
        print(reportDemo(findings))
        return findings.differences.length === 0 ? 0 : 1
      } finally {
        progress.end()
        removeListeners()
      }
    }
  })
}

function opening(seed: number, count: number): string {
  return (
    `Landfall demo: the real service gets ${count} events in every envelope, and what landed is ` +
    `checked.\nThe seed is ${seed}: the same seed sends the same events.\n`
  )
}

/** `process.exit` also ends the service and removes its folder; dying from the signal would not. */
function endOnSignals(progress: Progress): () => void {
  const leave = (signal: keyof typeof exitBySignal) => {
    progress.end()
    process.exit(exitBySignal[signal])
  }
  for (const signal of signals) process.once(signal, leave)
  return () => {
    for (const signal of signals) process.off(signal, leave)
  }
}
