import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { openConnection } from './connection.ts'

export interface Load {
  readonly port: number
  readonly connections: number
  readonly ms: number
  /** Returns the bytes of the next request. */
  readonly next: () => Buffer
}

export interface Answers {
  readonly seconds: number
  /** Microseconds from each request to the end of its answer. */
  readonly latency: RecordableHistogram
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
}

/** Send as fast as the server answers: each connection sends again when it has its answer. */
export async function closedLoop({ port, connections, ms, next }: Load): Promise<Answers> {
  const latency = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 })
  const statuses: Record<number, number> = {}
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await openConnection(port)
      while (performance.now() - startedAt < ms) {
        const request = next()
        const sentAt = performance.now()
        const status = await connection.send(request)
        latency.record(Math.max(1, Math.round((performance.now() - sentAt) * 1000)))
        statuses[status] = (statuses[status] ?? 0) + 1
      }
      connection.close()
    })
  )
  return { seconds: (performance.now() - startedAt) / 1000, latency, statuses }
}
