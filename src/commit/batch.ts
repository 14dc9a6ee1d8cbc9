import { Failure, type FailureCode, isFailure, type Reason } from '../failures.ts'
import { deadLetterPlan, deadLetterReason, type Plan, type Verdict } from '../plan.ts'
import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import { at } from './at.ts'
import { decide, guardsOf, PlansRefused } from './decide.ts'
import { type Drift, findDrift } from './drift.ts'

/** What the sender of one event is told when it is settled. */
export interface Settled {
  readonly verdict: Verdict
  /** Token for reads that must see the effect; absent where nothing was committed. */
  readonly commitTimestamp?: string
  /** Why it was dead-lettered. */
  readonly reason?: Reason
  /** Events that shared the commit. */
  readonly batchSize: number
}

/** Settled, or the failure that the sender must be told; one for each plan, in its order. */
export type Outcome = Settled | Failure

/** A plan of the batch, and what became of it once that is known. */
interface Item {
  plan: Plan
  outcome?: Outcome
}

/** What to do with an event that the store refuses. */
export type Poison = 'store' | 'reject'

/**
 * Commit a batch in one transaction. Where the store refuses its content, bisect until the culprits
 * stand alone: they become dead letters, or with `reject` failures; the others land, each once.
 * Never rejects.
 */
export async function commitBatch(
  store: Store,
  plans: readonly Plan[],
  poison: Poison = 'store'
): Promise<readonly Outcome[]> {
  const items = plans.map((plan): Item => ({ plan }))
  const bisection = createBisection(store, poison)
  await bisection.settle(items)
  await judge(store, poison, bisection)
  return items.map(({ outcome }) => outcome ?? new Failure('INTERNAL', 'a plan was left unsettled'))
}

interface Bisection {
  /** Items that failed alone, which may be their fault or the store's. */
  readonly suspects: readonly Item[]
  /** Commit these items, in as few commits as they allow. */
  settle(items: readonly Item[]): Promise<void>
  /** Commit these together, or return what went wrong; an internal error is tried once more. */
  attempt(items: readonly Item[]): Promise<unknown>
}

function createBisection(store: Store, poison: Poison): Bisection {
  const suspects: Item[] = []
  /** Failures of single items that the store did not explain. */
  let unexplained = 0
  let committed = false
  /** What the live tables say, asked once. */
  let drift: Promise<Drift> | undefined

  async function settle(items: readonly Item[]): Promise<void> {
    // Several failed alone and nothing succeeded: the store is down, and no event is to blame.
    const down = unexplained >= 3 && !committed
    if (down) return failAll(items, new Failure('STORE_INTERNAL', 'every commit failed'))
    const failure = items.length > 0 && (await attempt(items))
    if (failure) await settleFailed(items, failure)
  }

  async function attempt(items: readonly Item[]): Promise<unknown> {
    let failure = await commitOnce(store, items)
    if (hasCode(failure, 'STORE_INTERNAL')) failure = await commitOnce(store, items)
    if (!failure) committed = true
    return failure
  }

  async function settleFailed(items: readonly Item[], failure: unknown): Promise<void> {
    if (failure instanceof PlansRefused) return settle(condemnRefused(items, failure, poison))
    if (hasCode(failure, 'STORE_UNAVAILABLE', 'STORE_CONTENDED')) return failAll(items, failure)
    if (!hasCode(failure, 'STORE_REFUSED', 'STORE_MISCONFIGURED')) return divide(items, failure)
    // A live table that differs is a fault of the deployment, whatever the store says of the rows.
    drift ??= findDrift(store, plansOf(items)).catch((error: unknown) => () => toFailure(error))
    const sound = withoutDrift(items, await drift)
    if (sound.length < items.length) return settle(sound)
    if (failure.code === 'STORE_MISCONFIGURED') return failAll(items, failure)
    return divide(items, failure)
  }

  async function divide(items: readonly Item[], failure: unknown): Promise<void> {
    if (items.length === 1) {
      suspects.push(...items)
      if (!hasCode(failure, 'STORE_REFUSED')) unexplained += 1
      return
    }
    const middle = Math.ceil(items.length / 2)
    await settle(items.slice(0, middle))
    await settle(items.slice(middle))
  }

  return { suspects, settle, attempt }
}

/**
 * Hold against an event only what stays so while the store works: it failed alone, a commit without
 * it succeeds, it fails alone again. An outage in the middle of a bisection blames no event.
 */
async function judge(store: Store, poison: Poison, bisection: Bisection): Promise<void> {
  const { suspects, attempt } = bisection
  const [first] = suspects
  if (!first) return
  const outage = await probe(store, first.plan)
  if (outage) return failAll(suspects, outage)
  const culprits: Item[] = []
  for (const suspect of suspects) {
    if (await isCulprit(suspect, poison, bisection)) culprits.push(suspect)
  }
  const failure = culprits.length > 0 && (await attempt(culprits))
  if (!failure) return
  // A dead letter is ours: when it is refused, the event is not to blame and must be sent again.
  const refused = new Failure('STORE_MISCONFIGURED', 'the dead letters cannot be written')
  failAll(culprits, hasCode(failure, 'STORE_REFUSED') ? refused : failure)
}

/** Commit a suspect alone. Returns true when it is to blame and its dead letter is to be written. */
async function isCulprit(
  suspect: Item,
  poison: Poison,
  { settle, attempt }: Bisection
): Promise<boolean> {
  const failure = await attempt([suspect])
  if (hasCode(failure, 'STORE_REFUSED', 'STORE_INTERNAL')) {
    return condemn(suspect, { code: 'STORE_REFUSED', detail: failure.message }, poison)
  }
  if (failure instanceof PlansRefused) await settle(condemnRefused([suspect], failure, poison))
  else if (failure) failAll([suspect], failure)
  return false
}

/** A transaction that reads and commits nothing: does the store work now? */
async function probe(store: Store, { provenance }: Plan): Promise<unknown> {
  const guards = [{ table: deadLettersTable, key: [provenance.key] }]
  try {
    await store.commit(guards, () => ({ mutations: [], result: undefined }))
    return undefined
  } catch (error) {
    return error
  }
}

/** Commit the plans of these items as they are; what went wrong is returned, not thrown. */
async function commitOnce(store: Store, items: readonly Item[]): Promise<unknown> {
  const plans = plansOf(items)
  try {
    const { result, commitTimestamp } = await store.commit(guardsOf(plans), (current) =>
      decide(current, plans)
    )
    for (const [i, item] of items.entries()) {
      const reason = deadLetterReason(item.plan)
      const verdict = at(result, i)
      item.outcome = {
        verdict,
        commitTimestamp,
        batchSize: items.length,
        ...(reason && { reason })
      }
    }
    return undefined
  } catch (error) {
    return error
  }
}

/** Deciding named the culprits: their dead letters go on with the others. */
function condemnRefused(
  items: readonly Item[],
  { reasons }: PlansRefused,
  poison: Poison
): readonly Item[] {
  return items.filter((item, index) => {
    const reason = reasons.get(index)
    return !reason || condemn(item, reason, poison)
  })
}

/** Make it a dead letter that is to be committed, unless its sender is to be told instead. */
function condemn(item: Item, reason: Reason, poison: Poison): boolean {
  if (poison === 'reject') item.outcome = new Failure(reason.code, reason.detail)
  else item.plan = deadLetterPlan(item.plan.provenance, reason)
  return poison === 'store'
}

/** Fail the items whose tables differ from the live ones, and return the others. */
function withoutDrift(items: readonly Item[], driftOf: Drift): readonly Item[] {
  return items.filter((item) => {
    const found = driftOf(item.plan)
    if (found) item.outcome = found
    return !found
  })
}

const plansOf = (items: readonly Item[]) => items.map(({ plan }) => plan)

function failAll(items: readonly Item[], error: unknown): void {
  for (const item of items) item.outcome = toFailure(error)
}

/** An unexpected error is a bug; its cause is kept for the log. */
function toFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  return new Failure('INTERNAL', 'the commit failed unexpectedly', { cause: error })
}

/** Report whether it is a failure with one of these codes. */
function hasCode(failure: unknown, ...codes: readonly FailureCode[]): failure is Failure {
  return isFailure(failure) && codes.includes(failure.code)
}
