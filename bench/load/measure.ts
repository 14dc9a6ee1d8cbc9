import type { RecordableHistogram } from 'node:perf_hooks'
import type { ModelProcess } from '../process/model.ts'
import type { Server } from '../process/server.ts'
import { type Answers, closedLoop, type Load } from './closed-loop.ts'

export interface Measured {
  /** Microseconds from each push to the end of its answer. */
  readonly latency: RecordableHistogram
  readonly eventsPerSecond: number
  /** Microseconds of processor time in the server, for each event. */
  readonly cpuPerEvent: number
  readonly commitsPerEvent: number
  readonly rssMiB: number
  readonly loopDelayMs: number
  /** Share of the server's core, and of the core that the load and the model of Spanner share. */
  readonly serverCpu: number
  readonly clientCpu: number
}

/**
 * Push to a server, and measure what it costs.
 *
 * @throws {Error} when an answer is not a success
 */
export async function measure(
  server: Server,
  model: ModelProcess,
  load: Omit<Load, 'port'>
): Promise<Measured> {
  const before = { server: await server.usage(), model: await model.usage() }
  const clientBefore = process.cpuUsage()
  const answers = await closedLoop({ ...load, port: server.port })
  const client = process.cpuUsage(clientBefore)
  const after = { server: await server.usage(), model: await model.usage() }
  const { latency, seconds } = answers
  const serverMs = after.server.cpuMs - before.server.cpuMs
  const clientMs = (client.user + client.system) / 1000 + after.model.cpuMs - before.model.cpuMs
  return {
    latency,
    eventsPerSecond: successes(answers) / seconds,
    cpuPerEvent: (serverMs * 1000) / latency.count,
    commitsPerEvent: (after.model.commits - before.model.commits) / latency.count,
    rssMiB: after.server.rssMiB,
    loopDelayMs: after.server.loopDelayMs,
    serverCpu: serverMs / 1000 / seconds,
    clientCpu: clientMs / 1000 / seconds
  }
}

/** Count the answers. @throws {Error} when one of them is not a success */
export function successes({ latency, statuses }: Answers): number {
  const others = Object.keys(statuses).filter((status) => !status.startsWith('2'))
  if (others.length > 0) throw new Error(`answers with status ${others.join(', ')}`)
  return latency.count
}
