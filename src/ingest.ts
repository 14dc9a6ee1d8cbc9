import pLimit from 'p-limit'
import type { Committer } from './commit/committer.ts'
import type { Settled } from './commit/land.ts'
import type { Contracts } from './contracts/contracts.ts'
import { decode } from './delivery/decode.ts'
import type { Arrival, Delivery } from './delivery/event.ts'
import { Failure } from './failures.ts'
import type { Plan } from './store/plan.ts'

/** What became of one event of a delivery. */
export interface Landed {
  readonly arrival: Arrival
  readonly result: Settled | { readonly verdict: 'ignored' } | Failure
}

export type Ingest = (delivery: Delivery) => Promise<readonly Landed[]>

/** Decode, validate, plan, commit: the story of one delivery. Never rejects for an input. */
export function createIngest(
  contracts: Contracts,
  committer: Committer,
  poison: 'store' | 'reject'
): Ingest {
  async function landPlan(plan: Plan): Promise<Landed['result']> {
    if (plan.reason && poison === 'reject') throw new Failure(plan.reason.code, plan.reason.detail)
    if (!plan.reason && plan.writes.length === 0) return { verdict: 'ignored' }
    return committer.submit(plan)
  }

  async function landOne(arrival: Arrival): Promise<Landed> {
    const result = await landPlan(contracts.plan(arrival)).catch(orFailure)
    return { arrival, result }
  }

  // A batch larger than the queue would be refused for ever if all of it were submitted at once.
  return (delivery) => pLimit(500).map(decode(delivery), landOne)
}

/** An expected refusal is an answer; anything else is a bug and goes on up. */
function orFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}
