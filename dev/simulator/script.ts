import { type Case, makeCases } from './cases.ts'
import { type EnvelopeName, envelopes, eventEnvelopes } from './envelopes.ts'
import { type Push, type Sending, toPushes } from './pushes.ts'
import { createRandom, type Random } from './random.ts'
import { type SentEvent, timeOf } from './sent-event.ts'

export interface Script {
  readonly cases: readonly Case[]
  readonly pushes: readonly Push[]
}

/** The events of a script that must land, in the order in which they happen. */
export function wholeEvents({ cases }: Script): readonly SentEvent[] {
  return cases.filter(({ fault }) => !fault).map(({ event }) => event)
}

/** The options of a script; shares are from 0 to 1. */
export interface ScriptOptions {
  readonly seed: number
  readonly count: number
  /** Events that are sent again, and of those again. */
  readonly duplicates?: number
  /** Events that are sent long after they happened. */
  readonly late?: number
  /** Broken events. */
  readonly poison?: number
  /** Forms to choose from; a broken event has a fault that fits into its form. */
  readonly envelopes?: readonly EnvelopeName[]
  /** Give the messages of one subject its ordering key, and send them in order. */
  readonly ordered?: boolean
  /** Begins the keys of all rows, and the ids of all events. */
  readonly run?: string
}

const usualShares = { duplicates: 0.25, late: 0.04, poison: 0.04 } as const

type Settled = Required<ScriptOptions>

/**
 * Write a script: `count` different events in the order in which they happen, and the pushes that
 * carry them, some of them repeated and out of order. The same options make the same script.
 */
export function writeScript(options: ScriptOptions): Script {
  const settled = { ...usualShares, envelopes, ordered: false, run: '', ...options }
  const random = createRandom(settled.seed)
  const cases = makeCases(random, settled)
  return { cases, pushes: toPushes(random, putInOrder(random, cases, settled)) }
}

/** Most events are sent soon after they happen, some late, and some again. */
function putInOrder(random: Random, cases: readonly Case[], settled: Settled): readonly Sending[] {
  const { duplicates, late, ordered } = settled
  const placed = cases.flatMap((sent, index) => {
    const first = sendFirst(random, sent, settled)
    const delay = (random.chance(late) ? cases.length / 3 : 0) + random.int(0, 60)
    const sendings = [{ sending: first, place: ordered ? index : index + delay }]
    while (random.chance(duplicates)) {
      const place = index + random.int(0, random.pick([5, 300, cases.length]))
      const again = sendAgain(random, first, sendings.length + 1, settled)
      sendings.push({ sending: again, place })
    }
    return sendings
  })
  return placed.sort((a, b) => a.place - b.place).map(({ sending }) => sending)
}

function sendFirst(random: Random, sent: Case, { seed, envelopes, ordered }: Settled): Sending {
  const { fault, tick, event } = sent
  const key = ordered ? event.subject : undefined
  return {
    sent,
    envelope: pickEnvelope(random, envelopes, fault?.envelopes ?? eventEnvelopes),
    hop: {
      messageId: `8${String(seed).padStart(10, '0')}${String(tick.serial).padStart(6, '0')}`,
      publishTime: timeOf(tick),
      attempt: 1,
      ...(key !== undefined && { orderingKey: key })
    }
  }
}

/**
 * A valid event may be sent again in another envelope, because it has an identity. Some broken ones
 * have none, and are identified by their message or their bytes.
 */
function sendAgain(random: Random, first: Sending, attempt: number, settled: Settled): Sending {
  const { envelope, sent, hop } = first
  const other = sent.fault ? envelope : pickEnvelope(random, settled.envelopes, eventEnvelopes)
  return { sent, envelope: other, hop: { ...hop, attempt } }
}

/** Select the envelopes that can carry the event. */
function pickEnvelope(
  random: Random,
  asked: readonly EnvelopeName[],
  able: readonly EnvelopeName[]
): EnvelopeName {
  const [first, ...others] = asked.filter((one) => able.includes(one))
  if (first === undefined) throw new Error('no envelope can carry the event')
  return random.pick([first, ...others])
}
