import { parseArgs } from 'node:util'
import type { Command } from '../../src/cli/command.ts'
import { usageError } from '../../src/cli/command.ts'
import { createProgress, type Progress } from '../../src/cli/progress.ts'
import { reportDemo } from '../demo/report.ts'
import { runDemo } from '../demo/run-demo.ts'
import { expectRows } from '../simulator/expect.ts'
import type { Expect } from '../simulator/expectation.ts'

const usage = 'usage: landfall demo [--count N] [--seed N]'
const exitBySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * `landfall demo`: start the real service, send it a few thousand events in every envelope, and
 * check that what can be read afterwards is right. Exit code 1 and the differences when it is not.
 *
 * @throws {Error} when the service does not start or does not stay
 */
export const demo: Command = demoThatExpects(expectRows)

/** The command with another idea of what should be read back: so it is seen to fail. */
export function demoThatExpects(expect: Expect): Command {
  return async (args, { env, print }) => {
    const { seed, count } = parseOptions(args)
    const progress = createProgress(process.stderr)
    const letSignalsBe = endOnSignals(progress)
    print(opening(seed, count))
    try {
      const findings = await runDemo({ seed, count, env, progress, expect })
      progress.end()
      print(reportDemo(findings))
      return findings.differences.length === 0 ? 0 : 1
    } finally {
      progress.end()
      letSignalsBe()
    }
  }
}

function opening(seed: number, count: number): string {
  return (
    `Landfall demo: the real service gets ${count} events in every envelope, and what landed is ` +
    `checked.\nThe seed is ${seed}: the same seed sends the same events.\n`
  )
}

/** Leaving by `process.exit` takes the service along; dying of the signal would not. */
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

function parseOptions(args: readonly string[]) {
  const { seed, count } = parse(args)
  return { seed: whole('seed', seed, 0, 2 ** 32 - 1), count: whole('count', count, 100, 100_000) }
}

function parse(args: readonly string[]) {
  const options = {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '3000' }
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw usageError(`${error instanceof Error ? error.message : String(error)}; ${usage}`)
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw usageError(`--${name} must be a whole number from ${min} to ${max}; ${usage}`)
}
