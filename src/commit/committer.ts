import { crc32 } from 'node:zlib'
import pLimit from 'p-limit'
import { Failure, type RetryFailure } from '../failures.ts'
import { deadLetterReason, type Plan } from '../plan.ts'
import type { CommitStore } from './attempt.ts'
import { type BatchTools, commitBatch } from './batch.ts'
import { type Breaker, type BreakerState, createBreaker } from './breaker.ts'
import { type DryRunResult, dryRun } from './dry-run.ts'
import { type CommitTracing, createLane, type Lane, type Queued } from './lane.ts'
import {
  type Outcome,
  type Reject,
  type Rejected,
  reject,
  type Settled,
  type StoreSign
} from './outcome.ts'
import { createQuarantine, type Quarantine } from './quarantine.ts'
import { createSuspects } from './suspects.ts'
import { tryEvent } from './trial.ts'

export interface CommitterOptions {
  readonly store: CommitStore
  /** Commits in flight at once; with one, the store takes no two transactions at once. */
  readonly lanes: number
  /** Events in one commit. */
  readonly maxEvents: number
  /** Events accepted and not yet settled. */
  readonly queueMaxEvents: number
  /** Bytes of the plans accepted and not yet settled. */
  readonly queueMaxBytes: number
  /** What to do with an event that cannot land. */
  readonly poison: 'store' | 'reject'
  readonly breakerFailures: number
  /**
   * Milliseconds that one commit may take; after as long without a success, one failure opens the
   * breaker. Absent where only failures in a row do.
   */
  readonly commitTimeoutMs?: number
  readonly breakerCooldownMs: number
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /** Told of every batch when it is over, but for the events that went to quarantine. */
  readonly onCommit: (report: CommitReport) => void
  /** Told when a suspected event was tried: what came of it. */
  readonly onTrial?: (result: TrialResult) => void
  /** Told whenever the store worked, or why it did not. */
  readonly onStore?: (failure: RetryFailure | undefined) => void
  /** Absent where commits are not traced. */
  readonly tracing?: CommitTracing
}

export interface CommitReport {
  /** Why some of its events must be sent again; absent when the store is not to blame for any. */
  readonly failure: RetryFailure | undefined
  readonly durationMs: number
  /** How long each of its events had waited for it. */
  readonly waitsMs: readonly number[]
}

/** It landed after all, it is a dead letter (or rejected), or it must be sent again. */
export const trialResults = ['landed', 'dead-lettered', 'retry'] as const

export type TrialResult = (typeof trialResults)[number]

/** A `Committer<never>` stores poison. */
export interface Committer<R extends Rejected = Rejected> {
  /**
   * Land one plan together with those in flight. When it resolves, the effect is durable, or with
   * `poison: 'reject'` the event cannot land.
   *
   * @throws {Failure} with the action `retry`: nothing is known to be committed, send it again
   */
  submit(plan: Plan): Promise<Settled | R>
  /**
   * Return what would become of these plans, and write nothing.
   *
   * @throws {Failure} with the action `retry`: the rows cannot be read now
   */
  dryRun(plans: readonly Plan[]): Promise<readonly DryRunResult[]>
  breaker(): BreakerState
  /** What was accepted and is not yet settled. */
  queue(): { readonly events: number; readonly bytes: number }
  /** Events in quarantine. */
  quarantined(): number
}

type Storing = CommitterOptions & { readonly poison: 'store' }

/**
 * Join the events in flight into few commits: bounded, in lanes, behind a breaker. What the store
 * refuses leaves its lane for a quarantine, so that poison slows no other event.
 */
export function createCommitter(options: Storing): Committer<never>
export function createCommitter(options: CommitterOptions): Committer
export function createCommitter(options: CommitterOptions): Committer {
  return options.poison === 'store' ? open(options, undefined) : open(options, reject)
}

function open<R extends Rejected>(options: CommitterOptions, reject: Reject<R>): Committer<R> {
  const { now, tracing = untraced } = options
  const breaker = createBreaker({
    failures: options.breakerFailures,
    // A commit that ends in its timeout may take a little less by this clock.
    failingMs: 0.9 * (options.commitTimeoutMs ?? Number.POSITIVE_INFINITY),
    cooldownMs: options.breakerCooldownMs,
    now
  })
  const inFlight = createInFlight(options)
  const { lanes, quarantine, isSuspect } = createPlaces(options, reject, breaker)
  // Dry runs never take more of the store than one lane does.
  const oneAtATime = pLimit(1)

  function start(queued: Queued<R>): void {
    if (!breaker.admits()) queued.settle(unavailable())
    else if (isSuspect(queued.plan)) quarantine.enter(queued)
    else laneOf(lanes, queued.plan).push(queued)
  }

  return {
    breaker: () => breaker.state,
    queue: inFlight.size,
    quarantined: quarantine.size,
    async submit(plan) {
      const reason = reject && deadLetterReason(plan)
      if (reason) return reject(reason)
      inFlight.enter(plan)
      try {
        const outcome = await new Promise<Outcome<R>>((settle) =>
          start({ plan, settle, origin: tracing.origin(), queuedAt: now() })
        )
        if (outcome instanceof Failure) throw outcome
        return outcome
      } finally {
        inFlight.leave(plan)
      }
    },
    async dryRun(plans) {
      if (breaker.state !== 'closed') throw unavailable()
      return oneAtATime(() => dryRun(options.store, plans))
    }
  }
}

/** Commits of divided batches in flight at once, where the store takes several. */
const partsAtOnce = 48
/** Batches that are divided at once; with more, the lanes wait. */
const divisionsAtOnce = 8
/** Events that failed alone and are remembered. */
const suspectsMax = 1000
/** The share of the queue that may be in quarantine. */
const quarantineShare = 1 / 20

/** Create where events wait for their commits: the lanes, and the quarantine beside them. */
function createPlaces<R extends Rejected>(
  options: CommitterOptions,
  reject: Reject<R>,
  breaker: Breaker
) {
  const store = options.lanes === 1 ? oneTransactionAtOnce(options.store) : options.store
  const suspects = createSuspects(suspectsMax)
  const quarantine: Quarantine<R> = createQuarantine({
    maxEvents: Math.ceil(options.queueMaxEvents * quarantineShare),
    async tryAlone(plan) {
      const { outcome, ...sign } = await tryEvent(plan, tools, suspects)
      options.onTrial?.(resultOf(outcome))
      if (sign.failure) onFailed(sign)
      return outcome
    },
    dismiss: ({ plan, settle }) =>
      laneOf(lanes, plan).push({ plan, settle, origin: undefined, queuedAt: options.now() })
  })
  const tools: BatchTools<R> = {
    store,
    reject,
    suspects,
    parts: pLimit(options.lanes === 1 ? 1 : partsAtOnce),
    divisions: pLimit(divisionsAtOnce),
    quarantine: quarantine.enter,
    onFailed,
    onCommitted() {
      breaker.succeeded()
      options.onStore?.(undefined)
    }
  }
  const commit = createBatchCommit(options, tools)
  const lanes = Array.from({ length: options.lanes }, () => createLane(options.maxEvents, commit))

  function onFailed(sign: StoreSign): void {
    if (isOutage(sign)) breaker.failed()
    else breaker.succeeded()
    options.onStore?.(sign.failure)
    if (breaker.state !== 'open') return
    for (const { refuse } of [...lanes, quarantine]) refuse(unavailable())
  }

  return {
    lanes,
    quarantine,
    /** It failed alone before, or a copy of it is tried now. */
    isSuspect(plan: Plan): boolean {
      const { key } = plan.provenance
      const known = quarantine.has(key) || suspects.get(key) !== undefined
      return known && deadLetterReason(plan) === undefined
    }
  }
}

/** Commit a batch of a lane; resolves when the lane may go on. */
function createBatchCommit<R extends Rejected>(
  { now, tracing = untraced, onCommit }: CommitterOptions,
  tools: BatchTools<R>
): (batch: readonly Queued<R>[]) => Promise<void> {
  return (batch) =>
    new Promise((goOn) => {
      const startedAt = now()
      const origins = batch.flatMap(({ origin }) => origin ?? [])
      void tracing
        .commit(origins, () => commitBatch(batch, tools, goOn))
        .then((sign) => {
          const waitsMs = batch.map(({ queuedAt }) => startedAt - queuedAt)
          onCommit({ failure: sign.failure, durationMs: now() - startedAt, waitsMs })
          goOn()
        })
    })
}

const untraced: CommitTracing = { origin: () => undefined, commit: (_origins, work) => work() }

/** Lanes, parts and trials take turns where the store takes one transaction at a time. */
function oneTransactionAtOnce(store: CommitStore): CommitStore {
  const limit = pLimit(1)
  return {
    commit: (guards, decide) => limit(() => store.commit(guards, decide)),
    verify: (tables) => store.verify(tables)
  }
}

function resultOf(outcome: Outcome<Rejected>): TrialResult {
  if (outcome instanceof Failure) return 'retry'
  return 'kind' in outcome || outcome.verdict === 'dead-lettered' ? 'dead-lettered' : 'landed'
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
function laneOf<R extends Rejected>(lanes: readonly Lane<R>[], plan: Plan): Lane<R> {
  const lane = lanes[crc32(plan.writes[0]?.row ?? plan.provenance.key) % lanes.length]
  if (!lane) throw new Error('a committer needs at least one lane')
  return lane
}

const unavailable = () =>
  new Failure('STORE_UNAVAILABLE', 'the store keeps failing; the circuit breaker is open')

/** Contention is the price of load, not a sign of an outage. */
function isOutage({ works, failure }: StoreSign): boolean {
  return !works && failure?.code !== 'STORE_CONTENDED' && failure?.code !== 'INTERNAL'
}
