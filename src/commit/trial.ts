import { Failure, type RetryFailure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import { attempt, type Destination, hasCode, type Refusal } from './attempt.ts'
import { tryControl } from './control.ts'
import { allGuardsOf, decideRefused } from './decide.ts'
import { type Outcome, type Rejected, type StoreSign, toRetry } from './outcome.ts'
import type { Suspects } from './suspects.ts'

/** Refusals of an event, each followed by a commit of the same tables that succeeds. */
const trialRounds = 10

export interface Trial<R extends Rejected> extends StoreSign {
  readonly outcome: Outcome<R>
}

/**
 * Commit a suspected event alone. It becomes a dead letter only if the store refuses it, with the
 * same words, in every round, and takes a commit of the same tables after each refusal; any other
 * end of the trial asks for the event again. Never rejects.
 */
export async function tryEvent<R extends Rejected>(
  plan: Plan,
  destination: Destination<R>,
  suspects: Suspects
): Promise<Trial<R>> {
  const { key } = plan.provenance
  const { proven } = suspects.get(key) ?? {}
  suspects.remember(key, {})
  const proof = await prove(plan, destination, proven)
  if (!(proof instanceof Failure)) {
    if (proof.works) suspects.forget(key)
    return proof
  }
  suspects.remember(key, { proven: wordsOf(proof) })
  return { outcome: await condemn(plan, proof, destination), works: true, failure: undefined }
}

/**
 * Returns the refusal that every round ended with, or the trial that ended otherwise.
 *
 * @param proven words that a trial ended with before: its sender has not seen the answer
 */
async function prove<R extends Rejected>(
  plan: Plan,
  destination: Destination<R>,
  proven: string | undefined
): Promise<Failure | Trial<R>> {
  const first = await runRound(plan, destination)
  if (!(first instanceof Failure) || wordsOf(first) === proven) return first
  for (let round = 2; round <= trialRounds; round++) {
    const ended = await runRound(plan, destination)
    if (!(ended instanceof Failure)) return ended
    if (wordsOf(ended) !== wordsOf(first)) return unproven(changingWords())
  }
  return first
}

/** Returns the refusal after which the store took a commit of the same tables, or the end of the trial. */
async function runRound<R extends Rejected>(
  plan: Plan,
  destination: Destination<R>
): Promise<Failure | Trial<R>> {
  const { outcome, refusal } = await commitAlone(plan, destination)
  if (outcome) return { outcome, works: true, failure: undefined }
  const refused = refusedContent(refusal)
  if (!refused) return unproven(refusal?.error)
  const fault = await tryControl(destination.store, plan.writes)
  if (fault) return { outcome: fault, works: false, failure: fault }
  destination.onCommitted()
  return refused
}

async function commitAlone<R extends Rejected>(plan: Plan, destination: Destination<R>) {
  let outcome: Outcome<R> | undefined
  const settle = (told: Outcome<R>) => {
    outcome = told
  }
  const refusal = await attempt(destination, [{ plan, settle }])
  return { outcome, refusal }
}

/** The refusal of the event itself; undefined when it says nothing about the event. */
function refusedContent<R extends Rejected>(refusal: Refusal<R> | undefined): Failure | undefined {
  if (!refusal || refusal.hadLetter) return undefined
  return hasCode(refusal.error, 'STORE_REFUSED') ? refusal.error : undefined
}

function unproven(error: unknown): { outcome: RetryFailure } & StoreSign {
  const outcome = toRetry(error)
  // What only this event meets says nothing of the store.
  const failure = outcome.code === 'STORE_INTERNAL' ? undefined : outcome
  return { outcome, works: false, failure }
}

const changingWords = () =>
  new Failure('STORE_INTERNAL', 'the store refuses the event for changing reasons')

/** The status and the whole text of a refusal. It may quote values, so it is compared and not told. */
function wordsOf({ message, cause }: Failure): string {
  return cause instanceof Error ? `${message} ${cause.message}` : message
}

/** Write the dead letter in a transaction that sees whether the event has landed after all. */
async function condemn<R extends Rejected>(
  plan: Plan,
  { message }: Failure,
  { store, reject }: Destination<R>
): Promise<Outcome<R>> {
  const refused = { code: 'STORE_REFUSED', detail: message } as const
  try {
    const { result, commitTimestamp } = await store.commit(allGuardsOf(plan), (current) => {
      const decision = decideRefused(current, plan, refused)
      return reject ? { ...decision, mutations: [] } : decision
    })
    if (result.reason && reject) return reject(result.reason)
    return { ...result, commitTimestamp, batchSize: 1 }
  } catch (error) {
    return toRetry(error)
  }
}
