import { drainSubscription } from '../pull/drain.ts'
import { openPull } from '../pull/open-subscription.ts'
import { command, UsageError } from './command.ts'
import { interrupted, interruptible } from './interruption.ts'
import { withService } from './open-service.ts'
import { flag, optional, required, text, wholeNumber, withDefault } from './parameters.ts'
import { createReport } from './report.ts'

/** `landfall drain SUBSCRIPTION`: pull, land, acknowledge after the commit. */
export const drain = command({
  args: {
    name: required(
      'subscription',
      'projects/PROJECT/subscriptions/NAME, or NAME in the project of GOOGLE_CLOUD_PROJECT',
      text
    )
  },
  options: {
    max: optional('n', 'maximum number of messages to pull (default: all)', wholeNumber(1)),
    idleSeconds: withDefault(
      's',
      'seconds without a message, after which it ends',
      wholeNumber(1, 86_400),
      10
    ),
    json: flag('print the result as one JSON object')
  },
  details: `
A message is acknowledged after its commit; one that cannot land becomes a dead letter and is
acknowledged too. With PUBSUB_EMULATOR_HOST, messages are pulled from that emulator.
Exit codes: 0 every message landed or became a dead letter, 1 a message was returned to the
subscription, 2 usage error, 130 interrupted.`,
  async run({ name, max = Number.POSITIVE_INFINITY, idleSeconds, json }, around) {
    const subscription = fullName(name, around.env['GOOGLE_CLOUD_PROJECT'])
    const emulatorHost = around.env['PUBSUB_EMULATOR_HOST']
    const report = createReport(around.print, process.stderr, 'messages')
    return withService(around, ({ ingest }) =>
      interruptible(around, async (retries) => {
        const pull = await openPull({ subscription, max, emulatorHost })
        const onSettled = report.count
        const idleMs = 1000 * idleSeconds
        const drained = { subscription, ingest, max, idleMs, retries, onSettled }
        await drainSubscription(pull, drained).finally(() => report.end(json ? 'json' : 'table'))
        return retries.signal.aborted ? interrupted : 0
      })
    )
  }
})

/** @throws {UsageError} */
function fullName(name: string, project: string | undefined): string {
  const full = name.includes('/') || !project ? name : `projects/${project}/subscriptions/${name}`
  if (/^projects\/[^/\s]+\/subscriptions\/[^/\s]+$/.test(full)) return full
  throw new UsageError(`expected projects/PROJECT/subscriptions/NAME, not '${full}'`)
}
