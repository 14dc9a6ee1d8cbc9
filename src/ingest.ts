import pLimit from 'p-limit'
import { at } from './commit/at.ts'
import type { Settled } from './commit/batch.ts'
import type { Committer } from './commit/committer.ts'
import type { DryRunResult } from './commit/dry-run.ts'
import type { Contracts } from './contracts/contracts.ts'
import { decode } from './delivery/decode.ts'
import type { Arrival, Delivery } from './delivery/event.ts'
import { Failure } from './failures.ts'
import type { Plan } from './plan.ts'

/** What became of one event of a delivery. */
export interface Landed {
  readonly arrival: Arrival
  readonly result: Settled | { readonly verdict: 'ignored' } | Failure
}

/** What would become of one event of a delivery, and the writes it asks for. */
export interface DryRunEvent extends DryRunResult {
  readonly arrival: Arrival
  readonly plan: Plan
}

export interface Ingest {
  /** Decode, validate, plan, commit: the story of one delivery. Never rejects for an input. */
  land(delivery: Delivery): Promise<readonly Landed[]>
  /**
   * Decode, validate, plan and decide, but write nothing.
   *
   * @throws {Failure} with the action `retry` when the rows cannot be read
   */
  dryRun(delivery: Delivery): Promise<readonly DryRunEvent[]>
}

/** A batch larger than the queue would be refused for ever if all of it were submitted at once. */
const atOnce = 500

/** Create what lands deliveries. */
export function createIngest(contracts: Contracts, committer: Committer): Ingest {
  async function landPlan(plan: Plan): Promise<Landed['result']> {
    if (plan.writes.length === 0) return { verdict: 'ignored' }
    return committer.submit(plan)
  }

  async function landOne(arrival: Arrival): Promise<Landed> {
    const result = await landPlan(contracts.plan(arrival)).catch(orFailure)
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

/** An expected refusal is an answer; anything else is a bug and goes on up. */
function orFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}
