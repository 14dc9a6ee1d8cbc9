import { crc32 } from 'node:zlib'
import pLimit from 'p-limit'
import { Failure, isFailure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import type { Store } from '../store/store.ts'
import { type BreakerState, createBreaker } from './breaker.ts'
import type { CommitTracing } from './commit-tracing.ts'
import { land } from './land.ts'
import type { Outcome, Settled } from './landing.ts'
import { createLane, type Lane, type Queued } from './lane.ts'
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
  /** Told of every commit when it is over. */
  readonly onCommit: (report: CommitReport) => void
  /** Absent where nobody traces. */
  readonly tracing?: CommitTracing
}

export interface CommitReport {
  /** Why something of it must come back; absent when all is settled. */
  readonly failure: Failure | undefined
  readonly durationMs: number
  /** How long each of its events had waited for it. */
  readonly waitsMs: readonly number[]
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
  breaker(): BreakerState
  /** What was accepted and is not yet settled. */
  queue(): { readonly events: number; readonly bytes: number }
}

/** Join the events in flight into few commits: bounded, in lanes, behind a breaker. */
export function createCommitter(options: CommitterOptions): Committer {
  const { store, queueMaxEvents, queueMaxBytes, poison, tracing = untraced, now } = options
  const breaker = createBreaker({
    failures: options.breakerFailures,
    cooldownMs: options.breakerCooldownMs,
    now
  })
  const lanes = Array.from({ length: options.lanes }, () => createLane(options.maxEvents, commit))
  // Trying something out never takes more of the store than one lane does.
  const oneAtATime = pLimit(1)
  let [events, bytes] = [0, 0]

  async function commit(batch: readonly Queued[]): Promise<readonly Outcome[]> {
    const startedAt = now()
    const plans = batch.map(({ plan }) => plan)
    const origins = batch.flatMap(({ origin }) => origin ?? [])
    const outcomes = await tracing.commit(origins, () => land(store, plans, poison))
    options.onCommit({
      failure: outcomes.find((outcome) => isFailure(outcome, 'retry')),
      durationMs: now() - startedAt,
      waitsMs: batch.map(({ queuedAt }) => startedAt - queuedAt)
    })
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
    breaker: () => breaker.state,
    queue: () => ({ events, bytes }),
    async submit(plan) {
      admit(plan)
      events += 1
      bytes += plan.bytes
      try {
        const waiting = { plan, origin: tracing.origin(), queuedAt: now() }
        return await laneOf(lanes, plan).push(waiting)
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

const untraced: CommitTracing = { origin: () => undefined, commit: (_origins, work) => work() }

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
