import { encode, encodeBatch } from '../simulator/encode.ts'
import { type Encoded, eventEnvelopes } from '../simulator/envelopes.ts'
import type { Random } from '../simulator/random.ts'
import { type ChaosEvent, makeEvent } from './chaos-event.ts'

/** One request, sent again until it is acknowledged. */
export interface ChaosPush {
  readonly events: readonly ChaosEvent[]
  encode(attempt: number): Encoded
}

/** Events that wait, so that they go out in another order than they happened. */
const waiting = 60
const duplicates = 0.28
const batches = 0.15

/** Make pushes without an end: out of order, alone or in batches, some events again and again. */
export function createPushes(random: Random): () => ChaosPush {
  const pool: ChaosEvent[] = []
  let serial = 0

  function draw(): ChaosEvent {
    while (pool.length < waiting) pool.push(makeEvent(random, serial++))
    const [event] = pool.splice(random.int(0, pool.length - 1), 1)
    if (!event) throw new Error('the pool is empty')
    if (random.chance(duplicates)) pool.push(event)
    return event
  }

  return () => {
    const size = random.chance(batches) ? random.int(2, 12) : 1
    const events = Array.from({ length: size }, draw)
    return pushOf(random, events)
  }
}

/** Put events into a request, in any envelope that can carry them. */
export function pushOf(random: Random, events: readonly ChaosEvent[]): ChaosPush {
  const [first] = events
  if (events.length !== 1 || !first) {
    const encoded = encodeBatch(events.map(({ event }) => event))
    return { events, encode: () => encoded }
  }
  const [one, ...others] = eventEnvelopes
  const envelope = random.pick([one, ...others])
  const publishTime = new Date(first.at).toISOString()
  const messageId = first.key
  return {
    events,
    encode: (attempt) => encode(envelope, first.event, { messageId, publishTime, attempt })
  }
}
