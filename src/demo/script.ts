import { type DemoCase, makeCases } from './cases.ts'
import { timeOf } from './demo-event.ts'
import { encode, encodeBatch } from './encode.ts'
import { type Encoded, type EnvelopeName, eventEnvelopes, type Hop } from './envelopes.ts'
import { createRandom, type Random } from './random.ts'

/** One event sent to the service, for the first time or again. */
export interface Sending {
  readonly demoCase: DemoCase
  readonly envelope: EnvelopeName
  readonly hop: Hop
}

/** One request and the events in it. */
export interface DemoRequest {
  readonly sendings: readonly Sending[]
  readonly encoded: Encoded
}

export interface Script {
  readonly cases: readonly DemoCase[]
  readonly requests: readonly DemoRequest[]
}

/**
 * Write what the demo sends: `count` different events in the order in which they happen, and the
 * requests that carry them, some of them again, out of order. The same seed makes the same script.
 */
export function writeScript(seed: number, count: number): Script {
  const random = createRandom(seed)
  const cases = makeCases(random, count)
  return { cases, requests: toRequests(random, putInOrder(random, cases)) }
}

/** Most events are sent soon after they happen, some late, and a quarter of them again. */
function putInOrder(random: Random, cases: readonly DemoCase[]): readonly Sending[] {
  const placed = cases.flatMap((demoCase, index) => {
    const first = sendFirst(random, demoCase)
    const late = random.chance(0.04) ? cases.length / 3 : 0
    const sendings = [{ sending: first, place: index + late + random.int(0, 60) }]
    while (random.chance(0.25)) {
      const place = index + random.int(0, random.pick([5, 300, cases.length]))
      sendings.push({ sending: sendAgain(random, first, sendings.length + 1), place })
    }
    return sendings
  })
  return placed.sort((a, b) => a.place - b.place).map(({ sending }) => sending)
}

function sendFirst(random: Random, demoCase: DemoCase): Sending {
  const { fault, tick } = demoCase
  const messageId = `8${String(tick.serial).padStart(15, '0')}`
  return {
    demoCase,
    envelope: random.pick(fault?.envelopes ?? eventEnvelopes),
    hop: { messageId, publishTime: timeOf(tick), attempt: 1 }
  }
}

/**
 * A whole event may come again in another envelope, because its identity is its own. Some broken
 * ones have none, and are known by the message or by the bytes that brought them.
 */
function sendAgain(random: Random, first: Sending, attempt: number): Sending {
  const envelope = first.demoCase.fault ? first.envelope : random.pick(eventEnvelopes)
  return { ...first, envelope, hop: { ...first.hop, attempt } }
}

/** Put each event into a request, and those of the batch envelope together. */
function toRequests(random: Random, sendings: readonly Sending[]): readonly DemoRequest[] {
  const requests: DemoRequest[] = []
  let batch: Sending[] = []
  let room = random.int(2, 12)
  for (const sending of sendings) {
    if (sending.envelope !== 'CloudEvents batch') {
      requests.push({ sendings: [sending], encoded: encodeOne(sending) })
      continue
    }
    batch.push(sending)
    if (batch.length < room) continue
    requests.push(batchOf(batch))
    batch = []
    room = random.int(2, 12)
  }
  return batch.length > 0 ? [...requests, batchOf(batch)] : requests
}

function encodeOne({ demoCase: { event, fault }, envelope, hop }: Sending): Encoded {
  const encoded = encode(envelope, event, hop)
  return fault?.spoil ? fault.spoil(encoded) : encoded
}

function batchOf(sendings: readonly Sending[]): DemoRequest {
  return { sendings, encoded: encodeBatch(sendings.map(({ demoCase }) => demoCase.event)) }
}
