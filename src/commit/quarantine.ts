import pLimit from 'p-limit'
import { Failure, type RetryFailure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import type { Item } from './attempt.ts'
import type { Outcome, Rejected } from './outcome.ts'

/** Where suspected events are tried, one at a time, beside the lanes. */
export interface Quarantine<R extends Rejected> {
  has(eventKey: string): boolean
  /** Queue an event for its trial; a copy of one that is here already waits for the same trial. */
  enter(item: Item<R>): void
  /** Refuse everything that still waits for its trial. */
  refuse(failure: RetryFailure): void
  /** Events that are tried or wait for it. */
  size(): number
}

export interface QuarantineOptions<R extends Rejected> {
  /** Events at once; copies are not counted. */
  readonly maxEvents: number
  /** Commit one event alone, and find out whether it is to blame. Never rejects. */
  readonly tryAlone: (plan: Plan) => Promise<Outcome<R>>
  /** Commit a copy of an event that turned out to be good. */
  readonly dismiss: (item: Item<R>) => void
}

/** Create a quarantine. */
export function createQuarantine<R extends Rejected>({
  maxEvents,
  tryAlone,
  dismiss
}: QuarantineOptions<R>): Quarantine<R> {
  const oneAtATime = pLimit(1)
  const waiting = new Map<string, Item<R>[]>()
  let tried: string | undefined

  async function hold(eventKey: string, plan: Plan): Promise<void> {
    // Refused meanwhile.
    if (!waiting.has(eventKey)) return
    tried = eventKey
    const outcome = await tryAlone(plan)
    tried = undefined
    const [first, ...copies] = waiting.get(eventKey) ?? []
    waiting.delete(eventKey)
    first?.settle(outcome)
    for (const copy of copies) {
      // Each copy has a place of its own in the order of its row.
      if ('verdict' in outcome && outcome.verdict !== 'dead-lettered') dismiss(copy)
      else copy.settle(outcome)
    }
  }

  return {
    has: (eventKey) => waiting.has(eventKey),
    size: () => waiting.size,
    enter(item) {
      const { key } = item.plan.provenance
      const copies = waiting.get(key)
      if (copies) return void copies.push(item)
      if (waiting.size >= maxEvents) return item.settle(full(waiting.size))
      waiting.set(key, [item])
      void oneAtATime(() => hold(key, item.plan))
    },
    refuse(failure) {
      for (const [key, items] of waiting) {
        if (key === tried) continue
        waiting.delete(key)
        for (const { settle } of items) settle(failure)
      }
    }
  }
}

const full = (events: number) => new Failure('QUEUE_FULL', `${events} events are in quarantine`)
