import { randomUUID } from 'node:crypto'
import { command, UsageError } from '../../src/cli/command.ts'
import {
  flag,
  optional,
  type Read,
  required,
  text,
  wholeNumber,
  withDefault
} from '../../src/cli/parameters.ts'
import { isFailure } from '../../src/failures.ts'
import { openPubSub } from '../../src/pull/open-subscription.ts'
import { readSchemas } from '../../src/read-schemas.ts'
import type { Json } from '../../src/values/json.ts'
import { parseJson } from '../../src/values/json-parse.ts'
import { publishEvents } from '../local/publish-events.ts'
import { findPublishTarget } from '../local/publish-target.ts'
import { sampleEvents } from '../local/sample-events.ts'
import { createProgress } from '../progress.ts'

/** Read JSON. What would be rounded on the way is not published as something else. */
const json: Read<Json> = (text) => {
  try {
    const { value, inexact } = parseJson(Buffer.from(text), undefined, '/data')
    const [rounded] = inexact
    if (rounded === undefined) return value
    throw new UsageError(`has a number that would be rounded; give it as a string: ${rounded}`)
  } catch (error) {
    throw isFailure(error) ? new UsageError(`must be JSON: ${error.message}`) : error
  }
}

/** `landfall publish TYPE [JSON]`: publish events, and print where they went. */
export const publish = command({
  args: {
    type: required('type', 'event type, as in its contract', text),
    data: optional('json', "its data (default: the examples of the type's contract)", json)
  },
  options: {
    count: withDefault(
      'n',
      'number of events to publish, each for a row of its own: -1, -2, -3 … is appended to the keys ' +
        'that the contract takes from the data; numbers are incremented',
      wholeNumber(1, 10_000_000),
      1
    ),
    rate: optional(
      'r',
      'number of events to publish per second (default: as fast as possible)',
      wholeNumber(1, 100_000)
    ),
    topic: withDefault(
      't',
      'a topic of the emulator, or projects/PROJECT/topics/TOPIC',
      text,
      'events'
    ),
    structured: flag('the whole event as JSON, instead of attributes beside the data')
  },
  details: `
Events follow the Pub/Sub protocol binding of CloudEvents; each has its own id and the current time.
They go to the emulator that \`landfall local\` runs in this folder, or to that of
PUBSUB_EMULATOR_HOST. Events are published to Google Cloud only when the topic is named in full and
PUBSUB_EMULATOR_HOST is not set.
Exit codes: 0 all are published, 1 not all are, 2 usage error.`,
  async run({ type, data, ...order }, { env, print }) {
    const files = await readSchemas(env['SCHEMAS_DIR'] || 'schemas')
    const now = () => new Date().toISOString()
    const make = sampleEvents(files, { type, data, newId: randomUUID, now })
    const target = await findPublishTarget(order.topic, env)
    const pubsub = await openPubSub(target)
    const progress = showProgress(order)
    try {
      const topic = pubsub.topic(target.topic)
      await publishEvents(topic, {
        ...order,
        make: (number) => make(order.count === 1 ? undefined : number),
        onPublished: progress.published
      })
      progress.end()
      print(`Published ${order.count} of ${type} to ${topic.name}`)
      return 0
    } finally {
      progress.end()
      await pubsub.close()
    }
  }
})

interface Order {
  readonly count: number
  readonly rate: number | undefined
}

/** A few events are published too quickly for progress to help. */
function showProgress({ count, rate }: Order) {
  const progress = createProgress(process.stderr)
  const takesTime = count >= 1000 || rate !== undefined
  if (takesTime) progress.begin(`Publishing ${count} events`)
  return {
    published: (done: number) => takesTime && progress.at(done, count),
    end: progress.end
  }
}
