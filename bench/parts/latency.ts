import { startChild } from '../../dev/child.ts'
import type { BareWork } from '../baselines/bare-client.ts'
import { type BenchRun, baseline, type Findings, serverEnv, startLandfall } from '../bench-run.ts'
import { type Comparison, compare } from '../comparison.ts'
import { closedLoop } from '../load/closed-loop.ts'
import { createPushes, firstItem, getRequest } from '../load/events.ts'
import { successes } from '../load/measure.ts'

/** One event after the other, against one bare transaction after the other. */
export async function latency(run: BenchRun): Promise<Findings> {
  return againstClient(run, {
    work: 'land',
    next: createPushes('/events'),
    named: {
      what: 'a lone event',
      unit: 'ms',
      against: 'one bare transaction',
      reach: { atMost: 1.15 }
    }
  })
}

/** One read of a row after the other, against the bare client doing the same. */
export async function read(run: BenchRun): Promise<Findings> {
  const request = getRequest(`/api/v1/data/${firstItem}`)
  return againstClient(run, {
    work: 'read',
    next: () => request,
    named: {
      what: 'a read of one row',
      unit: 'ms',
      against: 'the bare client',
      reach: { atMost: 1.2 }
    }
  })
}

interface Subject {
  readonly work: BareWork['work']
  readonly next: () => Buffer
  readonly named: Pick<Comparison, 'what' | 'unit' | 'against' | 'reach'>
}

/** Medians, because the model's timers are sometimes late, for both sides. */
async function againstClient(run: BenchRun, { work, next, named }: Subject): Promise<Findings> {
  const { port, stop } = await startLandfall(run)
  const node = [process.execPath, baseline('bare-client')]
  const [command = process.execPath, ...args] = [...run.pin, ...node]
  const client = startChild({
    name: 'bare client',
    command,
    args,
    env: { ...process.env, ...serverEnv(run) },
    output: 'ignored',
    messages: true
  })
  await client.nextMessage()
  const lone = async (ms: number, send = next) => {
    const answers = await closedLoop({ port, connections: 1, ms, next: send })
    successes(answers)
    return answers.latency.percentile(50) / 1000
  }
  const bare = async (ms: number) => {
    // The client reports its median in microseconds.
    const { p50 } = (await client.ask({ work, ms } satisfies BareWork)) as { readonly p50: number }
    return p50 / 1000
  }
  await closedLoop({ port, connections: 20, ms: run.ms, next: createPushes('/events') })
  await lone(run.ms)
  await bare(run.ms)
  const rounds = []
  for (let round = 0; round < run.rounds; round++) {
    rounds.push({ landfall: await lone(run.ms), other: await bare(run.ms) })
  }
  await stop()
  await client.stop(0)
  return { comparisons: [compare(named, rounds)] }
}
