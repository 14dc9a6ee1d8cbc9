import { setTimeout } from 'node:timers/promises'
import { type BenchRun, type Findings, startLandfall } from '../bench-run.ts'
import { compare } from '../comparison.ts'
import { closedLoop } from '../load/closed-loop.ts'
import { createPushes } from '../load/events.ts'
import type { Server } from '../process/server.ts'

/**
 * One lane with commits of 500 events that take a second each, so that few of the pushes can land.
 */
const slow = { commitMs: 1000, readMs: 2 }
const settings = { COMMIT_LANES: '1' }

/** More than the service admits; a refused connection retries at once. */
const connections = 2500

const limitMiB = 300

/** Push ten times as much as can land, and check that memory does not grow. */
export async function memory(run: BenchRun): Promise<Findings> {
  const server = await startLandfall(run, settings)
  await run.model.usage(slow)
  const ms = run.ms * 8
  const next = createPushes('/events', 2000)
  const load = closedLoop({ port: server.port, connections, ms, next })
  const samples = await sample(server, ms)
  const { latency, seconds, statuses } = await load
  const { 200: landed = 0 } = statuses
  await server.stop()
  await run.model.usage({ commitMs: 5, readMs: 2 })
  return { comparisons: comparisonsOf(samples, latency.count / seconds, landed / seconds) }
}

async function sample(server: Server, ms: number): Promise<readonly number[]> {
  const samples: number[] = []
  const count = 24
  while (samples.length < count) {
    await setTimeout(ms / (count + 4))
    const { rssMiB } = await server.usage()
    samples.push(rssMiB)
  }
  return samples
}

function comparisonsOf(samples: readonly number[], answered: number, landed: number) {
  const what = 'resident memory under overload'
  const third = samples.length / 3
  const mean = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length
  const middle = mean(samples.slice(third, 2 * third))
  const last = mean(samples.slice(2 * third))
  return [
    compare({ what, unit: 'MiB', against: 'the limit', reach: { atMost: 1 } }, [
      { landfall: Math.max(...samples), other: limitMiB }
    ]),
    compare(
      {
        what: `${what}, at its end`,
        unit: 'MiB',
        against: 'in the middle',
        reach: { atMost: 1.1 }
      },
      [{ landfall: last, other: middle }]
    ),
    compare(
      {
        what: 'pushes under overload, landed or refused',
        unit: '1/s',
        against: 'events landed',
        reach: { atLeast: 10 }
      },
      [{ landfall: answered, other: landed }]
    )
  ]
}
