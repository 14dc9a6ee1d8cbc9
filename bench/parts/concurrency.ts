import { type BenchRun, type Findings, startLandfall } from '../bench-run.ts'
import { createPushes } from '../load/events.ts'
import { type Measured, measure } from '../load/measure.ts'

/** The service under one number of pushes at once. */
export interface Level extends Omit<Measured, 'latency' | 'commitsPerEvent'> {
  readonly commitMs: number
  readonly concurrency: number
  readonly eventsPerCommit: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Milliseconds of a commit: in a quiet region, in a busy region, and in several regions. */
const delays = [
  { commitMs: 5, readMs: 2 },
  { commitMs: 20, readMs: 8 },
  { commitMs: 50, readMs: 20 }
]

const concurrencies = [1, 8, 16, 32, 40, 80, 120, 160, 250, 500]

/**
 * Measure the service under more and more pushes at once, with a fast, a slower and a slow Spanner.
 */
export async function concurrency(run: BenchRun): Promise<Findings> {
  const levels: Level[] = []
  const next = createPushes('/events')
  for (const delay of delays) {
    await run.model.usage(delay)
    const server = await startLandfall(run)
    const load = (connections: number, ms: number) =>
      measure(server, run.model, { connections, ms, next })
    await load(80, run.ms)
    for (const connections of concurrencies) {
      // Warm up: the first events at a level use the connections of the level before.
      await load(connections, run.ms / 4)
      levels.push(levelOf(delay.commitMs, connections, await load(connections, run.ms)))
    }
    await server.stop()
  }
  await run.model.usage(delays[0])
  return { levels }
}

function levelOf(commitMs: number, connections: number, measured: Measured): Level {
  const { latency, commitsPerEvent, ...rest } = measured
  const percentile = (percent: number) => latency.percentile(percent) / 1000
  return {
    commitMs,
    concurrency: connections,
    ...rest,
    eventsPerCommit: 1 / commitsPerEvent,
    meanMs: latency.mean / 1000,
    p50Ms: percentile(50),
    p95Ms: percentile(95),
    p99Ms: percentile(99)
  }
}
