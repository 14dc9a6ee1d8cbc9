import { command } from '../../src/cli/command.ts'
import { mustBe, optional, type Read } from '../../src/cli/parameters.ts'
import { runLocal } from '../local/run-local.ts'
import type { Local } from '../local/start-local.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const parentPollMs = 500

const url: Read<string> = (value) => {
  if (URL.canParse(value)) return value
  throw mustBe('a URL', value)
}

/** `landfall local`: run until Ctrl-C, and leave no process behind. */
export const local = command({
  options: {
    pushTo: optional(
      'url',
      'what the Pub/Sub emulator pushes to, for one that runs in a container and sees this machine ' +
        'under another name (default: http://localhost:PORT/events)',
      url
    )
  },
  details: `
Starts the emulators of the Google Cloud CLI, or uses those of SPANNER_EMULATOR_HOST and
PUBSUB_EMULATOR_HOST (compose.yaml has them for Docker), creates the database, its tables, topics
and push subscriptions, and starts the service at PORT (default: 8080). Ctrl-C stops all it started.
Exit codes: 0 stopped, 1 something did not start or ended early, 2 usage error.`,
  async run({ pushTo }, { env, print, printError }) {
    printError('Starting the emulators and the service; Ctrl-C stops them')
    const { signal, dispose } = listenForTheEnd()
    try {
      await runLocal({ env, pushTo, signal, onReady: (ready) => print(whatToType(ready)) })
    } finally {
      dispose()
    }
    printError('Stopped')
    return 0
  }
})

/** Aborts on a signal, and when npm ends, which may not pass its signal on. */
function listenForTheEnd() {
  const controller = new AbortController()
  const stop = () => controller.abort()
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop()
  }, parentPollMs)
  for (const signal of signals) process.on(signal, stop)
  const dispose = () => {
    clearInterval(watch)
    for (const signal of signals) process.off(signal, stop)
  }
  return { signal: controller.signal, dispose }
}

function whatToType(local: Local): string {
  const { wrapped, unwrapped, deadLetters } = local.topics
  return `
Landfall listens on ${local.url}. Publish events and read their rows in another shell:

  npm run landfall -- publish com.example.item.changed.v1 --count 100
  curl ${local.url}/api/v1/data

The topic ${wrapped} is pushed wrapped, ${unwrapped} unwrapped with metadata (--topic ${unwrapped});
${deadLetters} keeps the messages that were refused five times. For other programs and commands:

  export SPANNER_EMULATOR_HOST=${local.spannerEmulatorHost} PUBSUB_EMULATOR_HOST=${local.pubsubEmulatorHost}
  export GOOGLE_CLOUD_PROJECT=${local.projectId} SPANNER_DATABASE=${local.spannerDatabase}
`
}
