import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { RetryFailure } from '../failures.ts'
import { limits } from '../values/limits.ts'
import type { Item } from './attempt.ts'
import type { Rejected, StoreSign } from './outcome.ts'

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
  commit(origins: readonly Origin[], work: () => Promise<StoreSign>): Promise<StoreSign>
}

const maxMutations = limits.commitMutations.ours
const maxBytes = limits.commitBytes.ours

/** An event that waits for a commit. */
export interface Queued<R extends Rejected> extends Item<R> {
  /** Absent where the delivery is not traced. */
  readonly origin: Origin | undefined
  /** Milliseconds of the lane's clock. */
  readonly queuedAt: number
}

export interface Lane<R extends Rejected> {
  /** Queue an event for the lane's next commit. */
  push(queued: Queued<R>): void
  /** Refuse everything that still waits for a commit. */
  refuse(failure: RetryFailure): void
}

/**
 * Commit what is queued, one commit at a time. It clocks itself: an idle lane commits at once, and
 * what arrives while a commit is in flight goes into the next one, so batches grow with the load
 * and no timer adds latency.
 *
 * @param commit settles a batch; resolves when the next one may be committed. Never rejects.
 */
export function createLane<R extends Rejected>(
  maxEvents: number,
  commit: (batch: readonly Queued<R>[]) => Promise<void>
): Lane<R> {
  const limit = pLimit(1)
  let queue: Queued<R>[] = []
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
    if (batch.length > 0) await commit(batch)
  }

  return {
    push(queued) {
      queue.push(queued)
      schedule()
    },
    refuse(failure) {
      const refused = queue
      queue = []
      for (const { settle } of refused) settle(failure)
    }
  }
}

/** How many of the queue fit into one commit: at least one. */
function batchLength(queue: readonly Pick<Item<Rejected>, 'plan'>[], maxEvents: number): number {
  let [mutations, bytes] = [0, 0]
  const full = queue.slice(0, maxEvents).findIndex(({ plan }, i) => {
    mutations += plan.mutations
    bytes += plan.bytes
    return i > 0 && (mutations > maxMutations || bytes > maxBytes)
  })
  return full === -1 ? Math.min(queue.length, maxEvents) : full
}
