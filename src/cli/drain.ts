import { drainSubscription } from '../pull/drain.ts'
import { openPull } from '../pull/open-subscription.ts'
import { type Command, parseOptions, usageError, wholeNumber } from './command.ts'
import { interrupted, interruptible } from './interruption.ts'
import { withService } from './open-service.ts'
import { createReport } from './report.ts'

const help = `landfall drain: land what a Pub/Sub subscription holds, such as that of a dead-letter topic.

  landfall drain projects/PROJECT/subscriptions/NAME
  landfall drain NAME      in the project of GOOGLE_CLOUD_PROJECT

  --max N             take so many messages at most
  --idle-seconds S    end after so many seconds without a message (default: 10)
  --json              print the result as one JSON object

A message is acknowledged after its commit; one that cannot land becomes a dead letter and is
acknowledged too. PUBSUB_EMULATOR_HOST is honoured.
Exit codes: 0 all that came is landed or a dead letter, 1 something was given back,
2 not a command, 130 interrupted.
`
const usage = 'usage: landfall drain SUBSCRIPTION [--max N] [--idle-seconds S] [--json]'
const options = {
  max: { type: 'string', default: '1000000000' },
  'idle-seconds': { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

/** `landfall drain SUBSCRIPTION`: pull, land, acknowledge after the commit. */
export const drain: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  if (values.help) {
    around.print(help.trimEnd())
    return 0
  }
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0) throw usageError(usage)
  const max = wholeNumber('max', values.max, 1, 1_000_000_000)
  const idleMs = 1000 * wholeNumber('idle-seconds', values['idle-seconds'], 1, 86_400)
  const subscription = fullName(name, around.env['GOOGLE_CLOUD_PROJECT'])
  const emulatorHost = around.env['PUBSUB_EMULATOR_HOST']
  const report = createReport(around.print, process.stderr, 'messages')
  return withService(around, 'store', ({ ingest }) =>
    interruptible(around, async (patience) => {
      const pull = await openPull({ subscription, max, emulatorHost })
      const onSettled = report.count
      const drained = { subscription, ingest, max, idleMs, patience, onSettled }
      await drainSubscription(pull, drained).finally(() =>
        report.end(values.json ? 'json' : 'table')
      )
      return patience.signal.aborted ? interrupted : 0
    })
  )
}

/** @throws a usage error */
function fullName(name: string, project: string | undefined): string {
  const full = name.includes('/') || !project ? name : `projects/${project}/subscriptions/${name}`
  if (/^projects\/[^/\s]+\/subscriptions\/[^/\s]+$/.test(full)) return full
  throw usageError('SUBSCRIPTION must be projects/PROJECT/subscriptions/NAME')
}
