import { randomUUID } from 'node:crypto'
import type { Command } from '../../src/cli/command.ts'
import { parseOptions, usageError, wholeNumber } from '../../src/cli/command.ts'
import { createProgress } from '../../src/cli/progress.ts'
import { isFailure } from '../../src/failures.ts'
import { openPubSub } from '../../src/pull/open-subscription.ts'
import { readSchemas } from '../../src/read-schemas.ts'
import type { Json } from '../../src/values/json.ts'
import { parseJson } from '../../src/values/json-parse.ts'
import { publishEvents } from '../local/publish-events.ts'
import { findPublishTarget } from '../local/publish-target.ts'
import { sampleEvents } from '../local/sample-events.ts'

const help = `landfall publish: publish CloudEvents to a Pub/Sub topic, in the Pub/Sub protocol binding.

  landfall publish TYPE          after the examples of the contract of this event type
  landfall publish TYPE JSON     with this data

  --count N       so many events, each about a row of its own: -1, -2, -3 … is appended to the keys
                  that the contract takes from the data (a number in place of text is added to)
  --rate R        so many events per second (default: as fast as they go)
  --topic T       a topic of the emulator (default: events), or projects/PROJECT/topics/TOPIC
  --structured    the whole event as JSON, instead of attributes beside the data

Every event gets an id of its own and the time now. They go to the emulator that \`landfall local\`
runs in this folder, or to that of PUBSUB_EMULATOR_HOST. Google Cloud is published to only when the
topic is named in full and PUBSUB_EMULATOR_HOST is not set.
Exit codes: 0 all are published, 1 not all are, 2 not a command.
`
const usage =
  'usage: landfall publish TYPE [JSON] [--count N] [--rate R] [--topic T] [--structured]'
const options = {
  count: { type: 'string', default: '1' },
  rate: { type: 'string' },
  topic: { type: 'string', default: 'events' },
  structured: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

interface Order {
  readonly type: string
  readonly data: Json | undefined
  readonly count: number
  readonly rate: number | undefined
  readonly topic: string
  readonly structured: boolean
}

/** `landfall publish TYPE [JSON]`: publish events, and say where they went. */
export const publish: Command = async (args, { env, print }) => {
  const order = parseOrder(args)
  if (!order) {
    print(help.trimEnd())
    return 0
  }
  const { type, data, count, rate, structured } = order
  const files = await readSchemas(env['SCHEMAS_DIR'] || 'schemas')
  const now = () => new Date().toISOString()
  const make = sampleEvents(files, { type, data, newId: randomUUID, now })
  const target = await findPublishTarget(order.topic, env)
  const pubsub = await openPubSub(target)
  const progress = showProgress(order)
  try {
    const topic = pubsub.topic(target.topic)
    await publishEvents(topic, {
      count,
      rate,
      structured,
      make: (number) => make(count === 1 ? undefined : number),
      onPublished: progress.published
    })
    progress.end()
    print(`Published ${count} of ${type} to ${topic.name}`)
    return 0
  } finally {
    progress.end()
    await pubsub.close()
  }
}

/** Read the command line; undefined when it asks for help. */
function parseOrder(args: readonly string[]): Order | undefined {
  const { values, positionals } = parseOptions(args, options, usage)
  if (values.help) return undefined
  const [type, text, ...others] = positionals
  if (!type || others.length > 0) throw usageError(usage)
  const { topic, structured } = values
  const count = wholeNumber('count', values.count, 1, 10_000_000)
  const rate = values.rate === undefined ? undefined : wholeNumber('rate', values.rate, 1, 100_000)
  return { type, data: parseData(text), count, rate, topic, structured }
}

/** What would be rounded on the way is not published as something else. */
function parseData(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined
  try {
    const { value, inexact } = parseJson(Buffer.from(text), undefined, '/data')
    const [rounded] = inexact
    if (rounded === undefined) return value
    throw usageError(`${rounded} would be rounded; give it as a string`)
  } catch (error) {
    throw isFailure(error) ? usageError(error.message) : error
  }
}

/** A few events are published before anybody wonders. */
function showProgress({ count, rate }: Order) {
  const progress = createProgress(process.stderr)
  const takesTime = count >= 1000 || rate !== undefined
  if (takesTime) progress.begin(`Publishing ${count} events`)
  return {
    published: (done: number) => takesTime && progress.at(done, count),
    end: progress.end
  }
}
