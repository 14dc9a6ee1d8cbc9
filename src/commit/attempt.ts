import { Failure, type FailureCode } from '../failures.ts'
import { deadLetterReason, type Plan } from '../plan.ts'
import type { Store } from '../store/store.ts'
import { at } from './at.ts'
import { decide, guardsOf, type Named, PlansRefused } from './decide.ts'
import type { Outcome, Reject, Rejected } from './outcome.ts'

/** An event that waits for its outcome. */
export interface Item<R extends Rejected> {
  readonly plan: Plan
  /** Told once, as soon as the event's own commit is over. */
  settle(outcome: Outcome<R>): void
}

/** Where events are committed, and what becomes of those that cannot land. */
export interface Destination<R extends Rejected> {
  readonly store: CommitStore
  readonly reject: Reject<R>
  /** Told that the store works, before an event is told that it has landed. */
  readonly onCommitted: () => void
}

/** What of a store this room needs. */
export type CommitStore = Pick<Store, 'commit' | 'verify'>

/** Why a commit failed. */
export interface Refusal<R extends Rejected> {
  readonly error: unknown
  /** Those of its events that have no outcome yet. */
  readonly items: readonly Item<R>[]
  /** It had a dead letter in it, which is ours: no event is to blame for that. */
  readonly hadLetter: boolean
}

/**
 * Commit these events in one transaction, with the dead letters of those that deciding refuses, and
 * settle each. Never rejects.
 *
 * @param named places of events whose dead letters may be written
 * @returns why not, with the events that are not settled
 */
export async function attempt<R extends Rejected>(
  destination: Destination<R>,
  items: readonly Item<R>[],
  named: Named = new Set()
): Promise<Refusal<R> | undefined> {
  if (items.length === 0) return undefined
  try {
    await commitTogether(destination, items, named)
    return undefined
  } catch (error) {
    if (error instanceof PlansRefused) return attemptNamed(destination, items, named, error)
    return { error, items, hadLetter: named.size > 0 || plansOf(items).some(isLetter) }
  }
}

async function commitTogether<R extends Rejected>(
  { store, onCommitted }: Destination<R>,
  items: readonly Item<R>[],
  named: Named
): Promise<void> {
  const plans = plansOf(items)
  const { result, commitTimestamp } = await store.commit(guardsOf(plans, named), (current) =>
    decide(current, plans, named)
  )
  onCommitted()
  for (const [i, { settle }] of items.entries()) {
    const { verdict, reason } = at(result, i)
    settle({ verdict, commitTimestamp, batchSize: items.length, ...(reason && { reason }) })
  }
}

/** Deciding has named culprits: reject them, or decide again with the rows of their dead letters. */
function attemptNamed<R extends Rejected>(
  destination: Destination<R>,
  items: readonly Item<R>[],
  named: Named,
  { reasons }: PlansRefused
): Promise<Refusal<R> | undefined> {
  const { reject } = destination
  if (!reject) return attempt(destination, items, new Set([...named, ...reasons.keys()]))
  const others = items.filter(({ settle }, place) => {
    const reason = reasons.get(place)
    if (reason) settle(reject(reason))
    return !reason
  })
  return attempt(destination, others)
}

const isLetter = (plan: Plan) => deadLetterReason(plan) !== undefined

export const plansOf = (items: readonly { readonly plan: Plan }[]) => items.map(({ plan }) => plan)

/** Report whether it is a failure with one of these codes. */
export function hasCode<C extends FailureCode>(
  error: unknown,
  ...codes: readonly C[]
): error is Failure<C> {
  return error instanceof Failure && codes.some((code) => code === error.code)
}
