#!/usr/bin/env node
import type { Command } from '../src/cli/command.ts'
import { usageError } from '../src/cli/command.ts'
import { explain } from '../src/failures.ts'

/** Loaded only when used: the Spanner client takes half a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('../src/cli/check.ts')).check,
  schema: async () => (await import('../src/cli/schema.ts')).schema,
  demo: async () => (await import('../dev/cli/demo.ts')).demo,
  local: async () => (await import('../dev/cli/local.ts')).local,
  publish: async () => (await import('../dev/cli/publish.ts')).publish,
  send: async () => (await import('../dev/cli/send.ts')).send,
  'dead-letters': async () => (await import('../src/cli/dead-letters.ts')).deadLetters,
  replay: async () => (await import('../src/cli/import.ts')).replay,
  drain: async () => (await import('../src/cli/drain.ts')).drain,
  'api-key': async () => (await import('../src/cli/api-key.ts')).apiKey
}

const help = `landfall: events from Pub/Sub and Eventarc, landed in Spanner.

  landfall check [DIR]      prove the files under DIR (default: schemas) without a database
  landfall schema diff      compare the database of SPANNER_DATABASE with the collections
  landfall schema apply     create its tables, or add what they lack

  landfall demo             start the service, send it a few thousand events, check what landed
  landfall local            start Google's emulators and the service, with topics that push to it
  landfall publish TYPE     publish events to Pub/Sub, from a contract's examples or your own
  landfall send             push events to the service as Pub/Sub would, and measure

  landfall dead-letters     list, show, replay or discard what could not land
  landfall replay FILE|-    land CloudEvents from newline-delimited JSON
  landfall drain NAME       land what a Pub/Sub subscription holds
  landfall api-key create   make an API key and its entry for the secret

\`landfall COMMAND --help\` says more. The service itself is started with \`npm start\`;
docs/environment.md lists its settings.
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

// Whoever read the output, as `head` does, may be gone; what was begun is finished all the same.
process.stdout.on('error', () => undefined)

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`landfall: ${explain(error)}\n`)
  process.exitCode = error instanceof Error && error.name === 'UsageError' ? 2 : 1
}
