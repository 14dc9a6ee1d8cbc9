import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** One event of a delivery without its data, and its result. */
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

/** A smaller body never takes more than some milliseconds to decode and to plan. */
const heavyBytes = 64 * 1024

/** Create the path that lands deliveries: contracts plan, the committer commits. */
export function createIngest<R extends Rejected>(
  contracts: Contracts,
  committer: Committer<R>
): Ingest<R> {
  // Decoded, a body may take ten times its memory, so there is only one heavy body at a time.
  const turns = pLimit(1)
  const landOne = (arrival: Arrival) => landPlanned(planOf(arrival))
  const planOf = (arrival: Arrival): Planned => ({
    arrival: withoutData(arrival),
    plan: contracts.plan(arrival)
  })

  async function landPlanned({ arrival, plan }: Planned): Promise<Landed<R>> {
    if (plan.writes.length === 0) return { arrival, result: { kind: 'ignored' } }
    return { arrival, result: await submit(plan).catch(toRefused) }
  }

  async function submit(plan: Plan): Promise<Result<R>> {
    const outcome = await committer.submit(plan)
    return 'kind' in outcome ? outcome : { kind: 'settled', ...outcome }
  }

  /** Other requests go on between the steps. Of a single event nothing decoded outlives its turn. */
  function landHeavy(delivery: Delivery): Promise<readonly (Landed<R> | Promise<Landed<R>>)[]> {
    return turns(async () => {
      await nextTurn()
      const arrivals = decode(delivery)
      if (arrivals.length !== 1) return landSlowly(arrivals)
      await nextTurn()
      return arrivals.map(landOne)
    })
  }

  function landSlowly(arrivals: readonly Arrival[]): Promise<readonly Landed<R>[]> {
    const planning = pLimit(1)
    return pLimit(atOnce).map(arrivals, async (arrival) =>
      landPlanned(await planning(() => nextTurn(planOf(arrival))))
    )
  }

  return {
    async land(delivery) {
      const { body } = delivery
      const landing =
        body.length < heavyBytes ? decode(delivery).map(landOne) : await landHeavy(delivery)
      return Promise.all(landing)
    },
    async dryRun(delivery) {
      const work = () => dryRun(delivery)
      return delivery.body.length < heavyBytes ? work() : turns(() => nextTurn().then(work))
    }
  }

  async function dryRun(delivery: Delivery): Promise<readonly DryRunEvent[]> {
    const planned = decode(delivery).map(planOf)
    const results = await committer.dryRun(planned.map(({ plan }) => plan))
    return planned.map((event, i) => ({ ...event, ...at(results, i) }))
  }
}

interface Planned {
  readonly arrival: Arrival
  readonly plan: Plan
}

const none: ReadonlySet<string> = new Set()

/** While an event waits for its commit, its plan has all that is needed of its data. */
function withoutData(arrival: Arrival): Arrival {
  if (!('event' in arrival)) return arrival
  const { data: _data, data_base64: _bytes, ...event } = arrival.event
  return { ...arrival, event, inexact: none }
}

/** That the event must be sent again is a result; anything else is a bug and is thrown again. */
function toRefused(error: unknown): Result<never> {
  if (isFailure(error, 'retry')) return { kind: 'refused', failure: error }
  throw error
}
