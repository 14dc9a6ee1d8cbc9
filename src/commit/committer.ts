import { crc32 } from 'node:zlib'
import pLimit from 'p-limit'
import { Failure, isFailure } from '../failures.ts'
import type { Plan } from '../store/plan.ts'
import type { Store } from '../store/store.ts'
import { type BreakerState, createBreaker } from './breaker.ts'
import { land } from './land.ts'
import type { Outcome, Settled } from './landing.ts'
import { createLane, type Lane } from './lane.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'
import { rowId } from './rows.ts'

export interface CommitterOptions {
  readonly store: Store
  /** Commits in flight at once. */
  readonly lanes: number
  /** Events in one commit. */
  readonly maxEvents: number
  /** Events accepted and not yet settled. */
  readonly queueMaxEvents: number
  /** Bytes of the plans accepted and not yet settled. */
  readonly queueMaxBytes: number
  /** What to do with an event that the store refuses. */
  readonly poison: 'store' | 'reject'
  readonly breakerFailures: number
  readonly breakerCooldownMs: number
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /** Told of every batch: with a failure when something of it must come back. */
  readonly onCommit: (failure: Failure | undefined) => void
}

export interface Committer {
  /**
   * Land one plan together with those in flight. When it resolves, the effect is durable.
   *
   * @throws {Failure} with the action `retry`: nothing is known to be committed, send it again
   */
  submit(plan: Plan): Promise<Settled>
  /**
   * Say what would become of these plans, and write nothing.
   *
   * @throws {Failure} with the action `retry`: the rows cannot be read now
   */
  rehearse(plans: readonly Plan[]): Promise<readonly Rehearsal[]>
  readonly breaker: BreakerState
}

/** Join the events in flight into few commits: bounded, in lanes, behind a breaker. */
export function createCommitter(options: CommitterOptions): Committer {
  const { store, queueMaxEvents, queueMaxBytes, poison } = options
  const breaker = createBreaker({
    failures: options.breakerFailures,
    cooldownMs: options.breakerCooldownMs,
    now: options.now
  })
  const lanes = Array.from({ length: options.lanes }, () => createLane(options.maxEvents, commit))
  // Trying something out never takes more of the store than one lane does.
  const oneAtATime = pLimit(1)
  let [events, bytes] = [0, 0]

  async function commit(plans: readonly Plan[]): Promise<readonly Outcome[]> {
    const outcomes = await land(store, plans, poison)
    const failure = outcomes.find((outcome) => isFailure(outcome, 'retry'))
    options.onCommit(failure)
    if (outcomes.every(isOutage)) breaker.failed()
    else breaker.succeeded()
    if (breaker.state === 'open') lanes.forEach(refuseAll)
    return outcomes
  }

  function admit(plan: Plan): void {
    // One plan larger than the whole queue must still be able to land.
    const full = events >= queueMaxEvents || (events > 0 && bytes + plan.bytes > queueMaxBytes)
    if (full) throw new Failure('QUEUE_FULL', `${events} events are in flight`)
    if (!breaker.admits()) throw unavailable()
  }

  return {
    get breaker() {
      return breaker.state
    },
    async submit(plan) {
      admit(plan)
      events += 1
      bytes += plan.bytes
      try {
        return await laneOf(lanes, plan).push(plan)
      } finally {
        events -= 1
        bytes -= plan.bytes
      }
    },
    async rehearse(plans) {
      if (breaker.state !== 'closed') throw unavailable()
      return oneAtATime(() => rehearse(store, plans))
    }
  }
}

/** Events of one row meet in one lane, so that two commits in flight rarely touch the same row. */
function laneOf<T>(lanes: readonly T[], plan: Plan): T {
  const [first] = plan.reason ? [] : plan.writes
  const name = first ? rowId(first.table, first.key) : plan.letter.id
  const lane = lanes[crc32(name) % lanes.length]
  if (!lane) throw new Error('a committer without lanes')
  return lane
}

const refuseAll = (lane: Lane) => lane.refuse(unavailable())

const unavailable = () =>
  new Failure('STORE_UNAVAILABLE', 'several commits failed in a row; waiting for Spanner')

/** Contention is the price of load, not a sign of an outage. */
function isOutage(outcome: Outcome): boolean {
  return (
    outcome instanceof Failure &&
    ['STORE_UNAVAILABLE', 'STORE_INTERNAL', 'STORE_MISCONFIGURED'].includes(outcome.code)
  )
}
