import type { Progress } from '../progress.ts'
import { answerDifferences } from '../simulator/answer-differences.ts'
import type { Expect, Expectation } from '../simulator/expectation.ts'
import { createHttpClient, type HttpClient } from '../simulator/http-client.ts'
import { type EventOutcome, readOutcomes } from '../simulator/outcomes.ts'
import { type ReadBack, readBack } from '../simulator/read-back.ts'
import { rowDifferences } from '../simulator/row-differences.ts'
import { type Script, wholeEvents, writeScript } from '../simulator/script.ts'
import { simulate } from '../simulator/simulate.ts'
import {
  countDeadLetters,
  deadLetterDifferences,
  expectDeadLetters,
  type ReasonCount
} from './dead-letters.ts'
import { type DemoService, startService } from './service.ts'

export interface DemoOptions {
  readonly seed: number
  readonly count: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly progress: Progress
  readonly expect: Expect
}

/** The observations of a demo. */
export interface Findings {
  readonly script: Script
  /** Until the service listened. */
  readonly startMs: number
  readonly outcomes: readonly EventOutcome[]
  readonly sendMs: number
  readonly readBacks: readonly ReadBack[]
  readonly deadLetters: readonly ReasonCount[]
  /** How the service ended after SIGTERM. */
  readonly ending: string
  /** Sentences; none when everything is as expected. */
  readonly differences: readonly string[]
}

/** Requests in flight at once, as many as a busy push subscription has. */
export const inFlight = 64

/** The service answers in 8 s at the latest; a busy machine may take longer. */
const timeoutMs = 30_000

/**
 * Start the service, send it the script of the seed, read the result back, stop the service and
 * compare everything with what was expected. The service is gone when this settles.
 *
 * @throws {Complaint} when the service does not start or ends early
 */
export async function runDemo(options: DemoOptions): Promise<Findings> {
  const { seed, count, env, progress, expect } = options
  const script = writeScript({ seed, count })
  const expected = expect(wholeEvents(script))
  progress.begin('Starting the service')
  const startedAt = performance.now()
  const service = await startService(env)
  const startMs = performance.now() - startedAt
  try {
    const seen = await orDeath(service, talk(service, script, expected, progress))
    progress.begin('Stopping the service')
    const ending = await service.stop()
    const deadLetters = countDeadLetters(service.embeddedFile)
    const found = { script, startMs, ...seen, deadLetters, ending }
    return { ...found, differences: differencesFrom(expected, found) }
  } finally {
    await service.dispose()
  }
}

type Seen = Pick<Findings, 'outcomes' | 'sendMs' | 'readBacks'>

async function talk(
  { port }: DemoService,
  { pushes }: Script,
  expected: readonly Expectation[],
  progress: Progress
): Promise<Seen> {
  const origin = `http://127.0.0.1:${port}`
  const client = createHttpClient(origin, { sockets: inFlight, timeoutMs })
  try {
    progress.begin(`Sending ${pushes.length} requests to ${origin}`)
    const { pushed, elapsedMs } = await simulate(pushes, {
      post: client.post,
      pace: { concurrency: inFlight },
      // A healthy service acknowledges at once; a repetition would hide a failure to do so.
      maxAttempts: 1,
      maxBackoffMs: 0,
      onSettled: (done) => progress.at(done, pushes.length)
    })
    progress.begin('Reading back')
    const readBacks = await readAll(client, expected)
    return { outcomes: readOutcomes(pushed), sendMs: elapsedMs, readBacks }
  } finally {
    client.close()
  }
}

async function readAll(
  client: HttpClient,
  expected: readonly Expectation[]
): Promise<readonly ReadBack[]> {
  const readBacks: ReadBack[] = []
  for (const { path } of expected) readBacks.push(await readBack(client, path))
  return readBacks
}

/** When a connection breaks because the service died, the service's own output says more. */
async function orDeath<T>(service: DemoService, work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, service.died])
  } catch (error) {
    const halfASecond = new Promise((resolve) => setTimeout(resolve, 500))
    await Promise.race([service.died, halfASecond])
    throw error
  }
}

function differencesFrom(
  expected: readonly Expectation[],
  found: Omit<Findings, 'differences'>
): readonly string[] {
  const { script, outcomes, readBacks, deadLetters, ending } = found
  const sendings = script.pushes.flatMap((push) => push.sendings)
  return [
    ...answerDifferences(outcomes, { eventsAreNew: true }),
    ...expected.flatMap((one, index) => rowDifferences(one, readBacks[index]?.rows ?? [])),
    ...deadLetterDifferences(expectDeadLetters(sendings), deadLetters),
    ...(ending === 'exit code 0' ? [] : [`SIGTERM ended the service with ${ending}`])
  ]
}
