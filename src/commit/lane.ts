import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'
import { Failure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import { limits } from '../values/limits.ts'
import type { Outcome, Settled } from './batch.ts'

/** The span of a delivery (https://www.w3.org/TR/trace-context/). */
export interface Origin {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Ties commits to the deliveries that wait for them. */
export interface CommitTracing {
  /** The span that is running now, if any. */
  origin(): Origin | undefined
  /** Run a commit as a span that is linked to these. */
  commit(
    origins: readonly Origin[],
    work: () => Promise<readonly Outcome[]>
  ): Promise<readonly Outcome[]>
}

const maxMutations = limits.commitMutations.ours
const maxBytes = limits.commitBytes.ours

/** An event that waits for a commit. */
export interface Queued {
  readonly plan: Plan
  /** Absent where the delivery is not traced. */
  readonly origin: Origin | undefined
  /** Milliseconds of the lane's clock. */
  readonly queuedAt: number
}

interface Waiting extends Queued {
  resolve(settled: Settled): void
  reject(failure: Failure): void
}

export interface Lane {
  /** Queue a plan for the lane's next commit. */
  push(queued: Queued): Promise<Settled>
  /** Refuse everything that still waits for a commit. */
  refuse(failure: Failure): void
}

/**
 * Commit what is queued, one commit at a time. It clocks itself: an idle lane commits at once, and
 * what arrives while a commit is in flight goes into the next one, so batches grow with the load
 * and no timer adds latency.
 */
export function createLane(
  maxEvents: number,
  commit: (batch: readonly Queued[]) => Promise<readonly Outcome[]>
): Lane {
  const limit = pLimit(1)
  let queue: Waiting[] = []
  let scheduled = false

  function schedule(): void {
    if (scheduled || queue.length === 0) return
    scheduled = true
    void limit(drain)
  }

  async function drain(): Promise<void> {
    // What other sockets delivered in this turn of the event loop joins the commit.
    await setImmediate()
    const batch = queue.slice(0, batchLength(queue, maxEvents))
    queue = queue.slice(batch.length)
    scheduled = false
    schedule()
    if (batch.length > 0) settle(batch, await commit(batch))
  }

  return {
    push: (queued) =>
      new Promise((resolve, reject) => {
        queue.push({ ...queued, resolve, reject })
        schedule()
      }),
    refuse(failure) {
      for (const waiting of queue) waiting.reject(failure)
      queue = []
    }
  }
}

/** How many of the queue fit into one commit: at least one. */
function batchLength(queue: readonly Queued[], maxEvents: number): number {
  let [mutations, bytes] = [0, 0]
  const full = queue.slice(0, maxEvents).findIndex(({ plan }, i) => {
    mutations += plan.mutations
    bytes += plan.bytes
    return i > 0 && (mutations > maxMutations || bytes > maxBytes)
  })
  return full === -1 ? Math.min(queue.length, maxEvents) : full
}

function settle(batch: readonly Waiting[], outcomes: readonly Outcome[]): void {
  for (const [i, { resolve, reject }] of batch.entries()) {
    const outcome = outcomes[i] ?? new Failure('INTERNAL', 'a plan without an outcome')
    if (outcome instanceof Failure) reject(outcome)
    else resolve(outcome)
  }
}
