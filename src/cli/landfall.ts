#!/usr/bin/env node
import { explain } from '../explain.ts'
import type { Command } from './command.ts'
import { usageError } from './usage-error.ts'

/** Loaded only when used: the Spanner client takes half a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.ts')).check,
  schema: async () => (await import('./schema.ts')).schema,
  demo: async () => (await import('./demo.ts')).demo
}

const help = `landfall: events from Pub/Sub and Eventarc, landed in Spanner.

  landfall check [DIR]      prove the files under DIR (default: schemas) without a database
  landfall schema apply     create the tables in the empty database of SPANNER_DATABASE
  landfall demo             start the service, send it a few thousand events, check what landed

The service itself is started with \`npm start\`; docs/environment.md lists its settings.
Exit codes: 0 done, 1 failed, 2 not a command.
`

async function run([name = 'help', ...args]: readonly string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(help)
    return 0
  }
  const load = commands[name]
  if (!load) throw usageError(`no command \`${name}\`; see landfall --help`)
  const command = await load()
  return command(args, {
    env: process.env,
    print: (text) => process.stdout.write(`${text}\n`),
    printError: (text) => process.stderr.write(`${text}\n`)
  })
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`landfall: ${explain(error)}\n`)
  process.exitCode = error instanceof Error && error.name === 'UsageError' ? 2 : 1
}
