import type { Ingest } from '../ingest.ts'
import { landDelivery, type Outcome, type Patience, patiently } from '../retries.ts'
import { type PulledMessage, toPush } from './message.ts'

/** A subscription that is being pulled. */
export interface Pull {
  onMessage(listener: (message: PulledMessage) => void): void
  /** Told when pulling cannot go on. */
  onError(listener: (error: Error) => void): void
  /** Send the acknowledgements and give back what was not taken. */
  close(): Promise<void>
}

export interface DrainOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string
  readonly ingest: Ingest
  /** Messages to take. */
  readonly max: number
  /** Milliseconds without a message after which the subscription counts as empty. */
  readonly idleMs: number
  /** Its signal ends the draining too. */
  readonly patience: Patience
  readonly onSettled: (outcome: Outcome, message: PulledMessage) => void
}

/**
 * Land what a subscription holds and acknowledge each message after its commit, until no more comes.
 * What cannot be landed now is given back and ends the draining.
 *
 * @throws {Failure} with the action `retry`; and what the pull reports
 */
export async function drainSubscription(pull: Pull, options: DrainOptions): Promise<void> {
  const { ingest, max, idleMs, patience } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>()
  const inFlight = new Set<Promise<void>>()
  let taken = 0
  let idle = setTimeout(end, idleMs)
  let ending = false

  async function settle(message: PulledMessage): Promise<void> {
    const push = toPush(message, options.subscription)
    try {
      const outcome = await patiently(() => landDelivery(ingest, push), patience)
      message.ack()
      options.onSettled(outcome, message)
    } catch (error) {
      message.nack()
      end(error)
    }
  }

  pull.onError(end)
  pull.onMessage((message) => {
    // Neither taken nor given back: closing returns it, and until then no other is sent for it.
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
  patience.signal.addEventListener('abort', () => end(undefined), { once: true })
  if (patience.signal.aborted) end(undefined)

  const failure = await ended
  ending = true
  await Promise.all(inFlight)
  clearTimeout(idle)
  await pull.close()
  if (failure) throw failure
}
