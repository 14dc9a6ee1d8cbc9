import pLimit from 'p-limit'
import type { ChaosEvent } from './chaos-event.ts'
import { pushOf } from './chaos-push.ts'
import type { Findings } from './findings.ts'
import { differences } from './judge-tables.ts'
import { deliver, type SenderOptions } from './senders.ts'
import { type TableReader, tableNames } from './tables.ts'

const inOneRequest = 20
const atOnce = 8

/** Deliver every event once more, in any order, and find the rows as they were. */
export async function deliverAllAgain(
  events: readonly ChaosEvent[],
  options: SenderOptions,
  findings: Findings,
  reader: TableReader
): Promise<void> {
  const before = await reader.read(tableNames)
  const left = [...events]
  const limit = pLimit(atOnce)
  const deliveries: Promise<void>[] = []
  while (left.length > 0) {
    const batch = Array.from({ length: Math.min(inOneRequest, left.length) }, () =>
      left.splice(options.random.int(0, left.length - 1), 1)
    )
    const push = pushOf(options.random, batch.flat())
    deliveries.push(limit(() => deliver(push, options)))
  }
  await Promise.all(deliveries)
  const after = await reader.read(tableNames)
  for (const name of tableNames) {
    for (const sentence of differences(name, before[name], after[name])) {
      findings.violated('repeated', sentence)
    }
  }
}
