import type { Delivery } from '../delivery/event.ts'
import { Failure, isFailure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import type { Reason, Verdict } from '../store/plan.ts'

/** What became of one delivery. */
export interface Outcome {
  readonly verdict: Verdict
  /** Why it was dead-lettered, or stays so. */
  readonly reason?: Reason
}

/** Of several events the first of these is told. */
const mostTelling = ['dead-lettered', 'applied', 'duplicate', 'stale', 'ignored'] as const

/**
 * Land one delivery. Whether its poison is stored or refused, it is an outcome.
 *
 * @throws {Failure} with the action `retry`: nothing is known to be committed
 */
export async function landDelivery(ingest: Ingest, delivery: Delivery): Promise<Outcome> {
  const landed = await ingest.land(delivery)
  return ofSeveral(
    landed.map(({ result }) => (result instanceof Failure ? poison(result) : result))
  )
}

/** Say what would become of one delivery. @throws {Failure} with the action `retry` */
export async function rehearseDelivery(ingest: Ingest, delivery: Delivery): Promise<Outcome> {
  return ofSeveral(await ingest.rehearse(delivery))
}

function poison(failure: Failure): Outcome {
  if (!isFailure(failure, 'dead-letter')) throw failure
  return { verdict: 'dead-lettered', reason: { code: failure.code, detail: failure.message } }
}

function ofSeveral(outcomes: readonly Outcome[]): Outcome {
  const found = mostTelling.flatMap((verdict) =>
    outcomes.filter((each) => each.verdict === verdict)
  )
  const [{ verdict, reason } = { verdict: 'ignored' as const, reason: undefined }] = found
  return { verdict, ...(reason && { reason }) }
}
