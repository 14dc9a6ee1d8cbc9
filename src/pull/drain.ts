import type { Ingest } from '../ingest.ts'
import { type DeliveryOutcome, landDelivery, type RetryPolicy, withRetries } from '../retries.ts'
import { type PulledMessage, toPush } from './message.ts'

/** A subscription that is being pulled. */
export interface Pull {
  onMessage(listener: (message: PulledMessage) => void): void
  /** Called when pulling cannot continue. */
  onError(listener: (error: Error) => void): void
  /** Send the acknowledgments and return the other messages to the subscription. */
  close(): Promise<void>
}

export interface DrainOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string
  /** Stores poison: what is acknowledged is stored. */
  readonly ingest: Ingest<never>
  /** Messages to land at most. */
  readonly max: number
  /** Milliseconds without a message after which the subscription counts as empty. */
  readonly idleMs: number
  /** Its signal ends the draining too. */
  readonly retries: RetryPolicy
  readonly onSettled: (outcome: DeliveryOutcome, message: PulledMessage) => void
}

/**
 * Land the messages of a subscription and acknowledge each after its commit, until no more arrive.
 * A message that cannot land now is returned to the subscription and ends the draining.
 *
 * @throws {Failure} with the action `retry`; and what the pull reports
 */
export async function drainSubscription(pull: Pull, options: DrainOptions): Promise<void> {
  const { ingest, max, idleMs, retries } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>()
  const inFlight = new Set<Promise<void>>()
  let taken = 0
  let idle = setTimeout(end, idleMs)
  let ending = false

  async function settle(message: PulledMessage): Promise<void> {
    const push = toPush(message, options.subscription)
    try {
      const outcome = await withRetries(() => landDelivery(ingest, push), retries)
      message.ack()
      options.onSettled(outcome, message)
    } catch (error) {
      message.nack()
      end(error)
    }
  }

  pull.onError(end)
  pull.onMessage((message) => {
    // Neither landed nor refused: closing returns it, and until then no other is sent for it.
    if (ending || taken >= max) return
    taken += 1
    clearTimeout(idle)
    const work = settle(message).finally(() => {
      inFlight.delete(work)
      if (inFlight.size === 0) idle = setTimeout(end, idleMs)
    })
    inFlight.add(work)
    if (taken === max) end(undefined)
  })
  retries.signal.addEventListener('abort', () => end(undefined), { once: true })
  if (retries.signal.aborted) end(undefined)

  const failure = await ended
  ending = true
  await Promise.all(inFlight)
  clearTimeout(idle)
  await pull.close()
  if (failure) throw failure
}
