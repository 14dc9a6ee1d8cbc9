import { Failure, isFailure } from '../failures.ts'
import { deadLetterPlan } from '../store/dead-letter-plan.ts'
import type { Plan, Reason, Verdict } from '../store/plan.ts'
import type { Store } from '../store/store.ts'
import { decide, guardsOf, PlanRefused } from './decide.ts'

/** What a sender is told of one event. */
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

interface Item {
  plan: Plan
  outcome?: Outcome
}

/** The state of landing one batch. */
interface Landing {
  readonly store: Store
  readonly poison: 'store' | 'reject'
  /** Culprits found so far; their dead letters join the next commit. */
  carried: Item[]
  /** Plans that failed alone with an internal error, which may be their fault or the store's. */
  suspects: Item[]
  committed: boolean
}

/**
 * Commit a batch in one transaction, and where the store refuses its content, bisect until the
 * culprits stand alone: they become dead letters, the others land, each once. Never rejects.
 */
export async function land(
  store: Store,
  plans: readonly Plan[],
  poison: 'store' | 'reject' = 'store'
): Promise<readonly Outcome[]> {
  const landing: Landing = { store, poison, carried: [], suspects: [], committed: false }
  const items: Item[] = plans.map((plan) => ({ plan }))
  await settle(landing, items)
  await settleSuspects(landing)
  if (landing.carried.length > 0) await commitCarried(landing)
  return items.map(({ outcome }) => outcome ?? new Failure('INTERNAL', 'a plan was left unsettled'))
}

async function settle(landing: Landing, items: Item[]): Promise<void> {
  if (hopeless(landing)) return fail(items, new Failure('STORE_INTERNAL', 'every commit failed'))
  const failure = await attempt(landing, [...landing.carried, ...items])
  if (!failure) return
  if (failure instanceof PlanRefused) return settleRefused(landing, items, failure)
  if (!isFailure(failure) || !mayBePoison(failure))
    return fail([...take(landing), ...items], failure)
  const [item] = items
  if (items.length === 1 && item) return settleAlone(landing, item, failure)
  const middle = Math.ceil(items.length / 2)
  await settle(landing, items.slice(0, middle))
  await settle(landing, items.slice(middle))
}

/** Judge an event only by a commit in which it stood alone. */
async function settleAlone(landing: Landing, item: Item, failure: Failure): Promise<void> {
  const alone = landing.carried.length > 0 ? await attempt(landing, [item]) : failure
  if (!alone) return
  if (!isFailure(alone) || !mayBePoison(alone)) return fail([item], alone)
  if (alone.code === 'STORE_INTERNAL') landing.suspects.push(item)
  else condemn(landing, item, { code: 'STORE_REFUSED', detail: alone.message })
}

/** Deciding named the culprit: the others go on together. */
function settleRefused(landing: Landing, items: Item[], refused: PlanRefused): Promise<void> {
  const culprit = [...landing.carried, ...items][refused.index]
  if (!culprit || !items.includes(culprit))
    throw new Error('a dead letter was refused', { cause: refused })
  condemn(landing, culprit, refused.reason)
  return settle(
    landing,
    items.filter((item) => item !== culprit)
  )
}

/** An internal error is the event's fault only when the store worked for its neighbours. */
async function settleSuspects(landing: Landing): Promise<void> {
  for (const item of landing.suspects) {
    const detail = 'Spanner reports an internal error for this event, but not for its neighbours'
    if (landing.committed) condemn(landing, item, { code: 'STORE_REFUSED', detail })
    else fail([item], new Failure('STORE_INTERNAL', 'the commit failed twice'))
  }
}

function condemn(landing: Landing, item: Item, reason: Reason): void {
  if (landing.poison === 'reject') {
    item.outcome = new Failure(reason.code, reason.detail)
  } else {
    item.plan = deadLetterPlan(item.plan.letter, reason)
    landing.carried.push(item)
  }
}

async function commitCarried(landing: Landing): Promise<void> {
  const items = take(landing)
  const failure = await attempt(landing, items)
  if (failure) fail(items, failure)
}

/** Commit these, once more after an internal error; what went wrong is returned, not thrown. */
async function attempt(landing: Landing, items: readonly Item[]): Promise<unknown> {
  const failure = await commit(landing, items)
  const again = isFailure(failure) && failure.code === 'STORE_INTERNAL'
  return again ? commit(landing, items) : failure
}

async function commit(landing: Landing, items: readonly Item[]): Promise<unknown> {
  if (items.length === 0) return undefined
  const plans = items.map((item) => item.plan)
  try {
    const { result, commitTimestamp } = await landing.store.commit(guardsOf(plans), (current) =>
      decide(current, plans)
    )
    for (const [i, verdict] of result.entries()) {
      const item = items[i]
      if (item) item.outcome = settled(item.plan, verdict, commitTimestamp, items.length)
    }
    landing.carried = landing.carried.filter((item) => !items.includes(item))
    landing.committed = true
    return undefined
  } catch (error) {
    return error
  }
}

function settled(
  { reason }: Plan,
  verdict: Verdict,
  commitTimestamp: string,
  batchSize: number
): Settled {
  return { verdict, commitTimestamp, batchSize, ...(reason && { reason }) }
}

function take(landing: Landing): Item[] {
  const items = landing.carried
  landing.carried = []
  return items
}

function fail(items: readonly Item[], error: unknown): void {
  const failure = isFailure(error)
    ? error
    : new Failure('INTERNAL', 'the commit failed unexpectedly', { cause: error })
  for (const item of items) item.outcome = failure
}

const mayBePoison = ({ code }: Failure) => code === 'STORE_REFUSED' || code === 'STORE_INTERNAL'

/** Three internal errors and not one success: the store is down, and no event is to blame. */
const hopeless = ({ suspects, committed }: Landing) => suspects.length >= 3 && !committed
