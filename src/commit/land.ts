import { Failure } from '../failures.ts'
import { deadLetterPlan, type Plan, type Reason } from '../plan.ts'
import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import { PlansRefused } from './decide.ts'
import { findDrift } from './drift.ts'
import { attempt, fail, type Item, is, type Landing, type Outcome, toFailure } from './landing.ts'

/**
 * Commit a batch in one transaction, and where the store refuses its content, bisect until the
 * culprits stand alone: they become dead letters, the others land, each once. Never rejects.
 */
export async function land(
  store: Store,
  plans: readonly Plan[],
  poison: 'store' | 'reject' = 'store'
): Promise<readonly Outcome[]> {
  const landing: Landing = {
    store,
    poison,
    suspects: [],
    unexplained: 0,
    committed: false
  }
  const items: Item[] = plans.map((plan) => ({ plan }))
  await settle(landing, items)
  await judge(landing)
  return items.map(({ outcome }) => outcome ?? new Failure('INTERNAL', 'a plan was left unsettled'))
}

async function settle(landing: Landing, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return
  if (hopeless(landing)) return fail(items, new Failure('STORE_INTERNAL', 'every commit failed'))
  const failure = await attempt(landing, items)
  if (!failure) return
  if (failure instanceof PlansRefused) return settleRefused(landing, items, failure)
  if (is(failure, 'STORE_UNAVAILABLE', 'STORE_CONTENDED')) return fail(items, failure)
  if (is(failure, 'STORE_REFUSED', 'STORE_MISCONFIGURED')) {
    return settleWithoutDrift(landing, items, failure)
  }
  return divide(landing, items, failure)
}

/** Deciding named the culprits: their dead letters go on with the others. */
function settleRefused(
  landing: Landing,
  items: readonly Item[],
  { reasons }: PlansRefused
): Promise<void> {
  const left = items.filter((item, at) => {
    const reason = reasons.get(at)
    return !reason || condemn(landing, item, reason)
  })
  return settle(landing, left)
}

/** A live table that differs is a fault of the deployment, whatever the store says of the rows. */
async function settleWithoutDrift(
  landing: Landing,
  items: readonly Item[],
  failure: Failure
): Promise<void> {
  landing.drift ??= findDrift(
    landing.store,
    items.map(({ plan }) => plan)
  )
  const drift = await landing.drift.catch((error: unknown) => () => toFailure(error))
  const sound = items.filter((item) => {
    const found = drift(item.plan)
    if (found) item.outcome = found
    return !found
  })
  if (sound.length < items.length) return settle(landing, sound)
  if (failure.code === 'STORE_MISCONFIGURED') return fail(items, failure)
  return divide(landing, items, failure)
}

async function divide(landing: Landing, items: readonly Item[], failure: unknown): Promise<void> {
  if (items.length === 1) {
    landing.suspects.push(...items)
    if (!is(failure, 'STORE_REFUSED')) landing.unexplained += 1
    return
  }
  const middle = Math.ceil(items.length / 2)
  await settle(landing, items.slice(0, middle))
  await settle(landing, items.slice(middle))
}

/**
 * Hold against an event only what stays so while the store works: it failed alone, a commit without
 * it succeeds, it fails alone again. An outage in the middle of a bisection blames nobody.
 */
async function judge(landing: Landing): Promise<void> {
  const suspects = landing.suspects.splice(0)
  if (suspects.length === 0) return
  const outage = await probe(landing.store, suspects)
  if (outage) return fail(suspects, outage)
  const culprits: Item[] = []
  for (const suspect of suspects) {
    if (await isCulprit(landing, suspect)) culprits.push(suspect)
  }
  await commitDeadLetters(landing, culprits)
}

async function isCulprit(landing: Landing, suspect: Item): Promise<boolean> {
  const failure = await attempt(landing, [suspect])
  if (is(failure, 'STORE_REFUSED', 'STORE_INTERNAL')) {
    return condemn(landing, suspect, { code: 'STORE_REFUSED', detail: failure.message })
  }
  if (failure instanceof PlansRefused) await settleRefused(landing, [suspect], failure)
  else if (failure) fail([suspect], failure)
  return false
}

/** A transaction that reads and commits nothing: does the store work now? */
async function probe(store: Store, [suspect]: readonly Item[]): Promise<unknown> {
  const guards = suspect ? [{ table: deadLettersTable, key: [suspect.plan.letter.id] }] : []
  try {
    await store.commit(guards, () => ({ mutations: [], result: undefined }))
    return undefined
  } catch (error) {
    return error
  }
}

/** Make it a dead letter that is to be committed, unless its sender is to be told instead. */
function condemn({ poison }: Landing, item: Item, reason: Reason): boolean {
  if (poison === 'reject') item.outcome = new Failure(reason.code, reason.detail)
  else item.plan = deadLetterPlan(item.plan.letter, reason)
  return poison === 'store'
}

async function commitDeadLetters(landing: Landing, culprits: readonly Item[]): Promise<void> {
  if (culprits.length === 0) return
  const failure = await attempt(landing, culprits)
  if (!failure) return
  // A dead letter is ours: when it is refused, the event is not to blame and must come back.
  const message = 'the dead letters cannot be written'
  fail(
    culprits,
    is(failure, 'STORE_REFUSED') ? new Failure('STORE_MISCONFIGURED', message) : failure
  )
}

/** Several failed alone and nothing succeeded: the store is down, and no event is to blame. */
const hopeless = ({ unexplained, committed }: Landing) => unexplained >= 3 && !committed
