import pLimit from 'p-limit'
import { at } from './commit/at.ts'
import type { Committer } from './commit/committer.ts'
import type { DryRunResult } from './commit/dry-run.ts'
import type { Rejected, Settled } from './commit/outcome.ts'
import type { Contracts } from './contracts/contracts.ts'
import { type Arrival, decode } from './delivery/decode.ts'
import type { Delivery } from './delivery/event.ts'
import { isFailure, type RetryFailure } from './failures.ts'
import type { Plan } from './plan.ts'

/**
 * The result of one event: settled by a commit, ignored by its contract, or to be sent again. With
 * `POISON=reject` it may also be rejected; an ingest that stores poison has no such result.
 */
export type Result<R extends Rejected = Rejected> =
  | ({ readonly kind: 'settled' } & Settled)
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly failure: RetryFailure }
  | R

/** One event of a delivery, and its result. */
export interface Landed<R extends Rejected = Rejected> {
  readonly arrival: Arrival
  readonly result: Result<R>
}

/** The verdict that one event of a delivery would get, and the writes of its plan. */
export interface DryRunEvent extends DryRunResult {
  readonly arrival: Arrival
  readonly plan: Plan
}

/** What lands deliveries; an `Ingest<never>` stores poison, as those must that acknowledge. */
export interface Ingest<R extends Rejected = Rejected> {
  /**
   * Decode, validate, plan, commit: the story of one delivery. Never rejects because of the input.
   */
  land(delivery: Delivery): Promise<readonly Landed<R>[]>
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
export function createIngest<R extends Rejected>(
  contracts: Contracts,
  committer: Committer<R>
): Ingest<R> {
  async function landPlan(plan: Plan): Promise<Result<R>> {
    if (plan.writes.length === 0) return { kind: 'ignored' }
    const outcome = await committer.submit(plan)
    return 'kind' in outcome ? outcome : { kind: 'settled', ...outcome }
  }

  async function landOne(arrival: Arrival): Promise<Landed<R>> {
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

/** That the event must be sent again is a result; anything else is a bug and is thrown again. */
function toRefused(error: unknown): Result<never> {
  if (isFailure(error, 'retry')) return { kind: 'refused', failure: error }
  throw error
}
