import { crc32 } from 'node:zlib'
import pLimit from 'p-limit'
import { Failure, isFailure } from '../failures.ts'
import { deadLetterReason, type Plan } from '../plan.ts'
import type { Store } from '../store/store.ts'
import { commitBatch, type Outcome, type Poison, type Settled } from './batch.ts'
import { type BreakerState, createBreaker } from './breaker.ts'
import { type DryRunResult, dryRun } from './dry-run.ts'
import { type CommitTracing, createLane, type Lane, type Queued } from './lane.ts'

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
  /** What to do with an event that cannot land. */
  readonly poison: Poison
  readonly breakerFailures: number
  readonly breakerCooldownMs: number
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /** Told of every commit when it is over. */
  readonly onCommit: (report: CommitReport) => void
  /** Absent where commits are not traced. */
  readonly tracing?: CommitTracing
}

export interface CommitReport {
  /** Why some of its events must be sent again; absent when all are settled. */
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
   * @throws {Failure} with the action `dead-letter`: it cannot land, and `poison` is `reject`
   */
  submit(plan: Plan): Promise<Settled>
  /**
   * Return what would become of these plans, and write nothing.
   *
   * @throws {Failure} with the action `retry`: the rows cannot be read now
   */
  dryRun(plans: readonly Plan[]): Promise<readonly DryRunResult[]>
  breaker(): BreakerState
  /** What was accepted and is not yet settled. */
  queue(): { readonly events: number; readonly bytes: number }
}

/** Join the events in flight into few commits: bounded, in lanes, behind a breaker. */
export function createCommitter(options: CommitterOptions): Committer {
  const { store, poison, tracing = untraced, now } = options
  const breaker = createBreaker({
    failures: options.breakerFailures,
    cooldownMs: options.breakerCooldownMs,
    now
  })
  const lanes = Array.from({ length: options.lanes }, () => createLane(options.maxEvents, commit))
  // Dry runs never take more of the store than one lane does.
  const oneAtATime = pLimit(1)
  const inFlight = createInFlight(options)

  async function commit(batch: readonly Queued[]): Promise<readonly Outcome[]> {
    const startedAt = now()
    const plans = batch.map(({ plan }) => plan)
    const origins = batch.flatMap(({ origin }) => origin ?? [])
    const outcomes = await tracing.commit(origins, () => commitBatch(store, plans, poison))
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

  return {
    breaker: () => breaker.state,
    queue: inFlight.size,
    async submit(plan) {
      if (poison === 'reject') refuseDeadLetter(plan)
      inFlight.enter(plan)
      try {
        if (!breaker.admits()) throw unavailable()
        return await laneOf(lanes, plan).push({ plan, origin: tracing.origin(), queuedAt: now() })
      } finally {
        inFlight.leave(plan)
      }
    },
    async dryRun(plans) {
      if (breaker.state !== 'closed') throw unavailable()
      return oneAtATime(() => dryRun(store, plans))
    }
  }
}

const untraced: CommitTracing = { origin: () => undefined, commit: (_origins, work) => work() }

function refuseDeadLetter(plan: Plan): void {
  const reason = deadLetterReason(plan)
  if (reason) throw new Failure(reason.code, reason.detail)
}

/** Count what was accepted and is not yet settled, within the bounds of the queue. */
function createInFlight({ queueMaxEvents, queueMaxBytes }: CommitterOptions) {
  let [events, bytes] = [0, 0]
  return {
    size: () => ({ events, bytes }),
    enter(plan: Plan): void {
      // One plan larger than the whole queue must still be able to land.
      const full = events >= queueMaxEvents || (events > 0 && bytes + plan.bytes > queueMaxBytes)
      if (full) throw new Failure('QUEUE_FULL', `${events} events are in flight`)
      events += 1
      bytes += plan.bytes
    },
    leave(plan: Plan): void {
      events -= 1
      bytes -= plan.bytes
    }
  }
}

/** Events of one row meet in one lane, so that two commits in flight rarely touch the same row. */
function laneOf<T>(lanes: readonly T[], plan: Plan): T {
  const lane = lanes[crc32(plan.writes[0]?.row ?? plan.provenance.key) % lanes.length]
  if (!lane) throw new Error('a committer needs at least one lane')
  return lane
}

const refuseAll = (lane: Lane) => lane.refuse(unavailable())

const unavailable = () =>
  new Failure('STORE_UNAVAILABLE', 'the store keeps failing; the circuit breaker is open')

/** Contention is the price of load, not a sign of an outage. */
function isOutage(outcome: Outcome): boolean {
  return (
    outcome instanceof Failure &&
    ['STORE_UNAVAILABLE', 'STORE_INTERNAL', 'STORE_MISCONFIGURED'].includes(outcome.code)
  )
}
