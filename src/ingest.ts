import pLimit from 'p-limit'
import { at } from './commit/at.ts'
import type { Settled } from './commit/batch.ts'
import type { Committer } from './commit/committer.ts'
import type { DryRunResult } from './commit/dry-run.ts'
import type { Contracts } from './contracts/contracts.ts'
import { type Arrival, decode } from './delivery/decode.ts'
import type { Delivery } from './delivery/event.ts'
import { Failure } from './failures.ts'
import type { Plan } from './plan.ts'

/** The result of one event: settled by a commit, ignored by its contract, or refused. */
export type Result =
  | ({ readonly kind: 'settled' } & Settled)
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** One event of a delivery, and its result. */
export interface Landed {
  readonly arrival: Arrival
  readonly result: Result
}

/** The verdict that one event of a delivery would get, and the writes of its plan. */
export interface DryRunEvent extends DryRunResult {
  readonly arrival: Arrival
  readonly plan: Plan
}

export interface Ingest {
  /**
   * Decode, validate, plan, commit: the story of one delivery. Never rejects because of the input.
   */
  land(delivery: Delivery): Promise<readonly Landed[]>
  /**
   * Decode, validate, plan and decide, but write nothing.
   *
   * @throws {Failure} with the action `retry` when the rows cannot be read
   */
  dryRun(delivery: Delivery): Promise<readonly DryRunEvent[]>
}

/** Submitted all at once, a batch larger than the queue would always be refused. */
const atOnce = 500

/** Create the path that lands deliveries: contracts plan, the committer commits. */
export function createIngest(contracts: Contracts, committer: Committer): Ingest {
  async function landPlan(plan: Plan): Promise<Result> {
    if (plan.writes.length === 0) return { kind: 'ignored' }
    return { kind: 'settled', ...(await committer.submit(plan)) }
  }

  async function landOne(arrival: Arrival): Promise<Landed> {
    const result = await landPlan(contracts.plan(arrival)).catch(toRefused)
    return { arrival, result }
  }

  return {
    async land(delivery) {
      const arrivals = decode(delivery)
      if (arrivals.length <= atOnce) return Promise.all(arrivals.map(landOne))
      return pLimit(atOnce).map(arrivals, landOne)
    },
    async dryRun(delivery) {
      const planned = decode(delivery).map((arrival) => ({
        arrival,
        plan: contracts.plan(arrival)
      }))
      const results = await committer.dryRun(planned.map(({ plan }) => plan))
      return planned.map((event, i) => ({ ...event, ...at(results, i) }))
    }
  }
}

/** An expected refusal is a result; anything else is a bug and is thrown again. */
function toRefused(error: unknown): Result {
  if (error instanceof Failure) return { kind: 'refused', failure: error }
  throw error
}
