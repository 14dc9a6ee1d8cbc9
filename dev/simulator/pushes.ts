import type { Case } from './cases.ts'
import { encode, encodeBatch } from './encode.ts'
import type { Encoded, EnvelopeName, Hop } from './envelopes.ts'
import type { Random } from './random.ts'

/** One event sent to the service, for the first time or again. */
export interface Sending {
  readonly sent: Case
  readonly envelope: EnvelopeName
  readonly hop: Hop
}

/** What one request carries, and carries again until it is acknowledged. */
export interface Push {
  readonly sendings: readonly Sending[]
  readonly orderingKey?: string
  /** Make the request of an attempt, from 1 on. */
  encode(attempt: number): Encoded
}

/** Put each event into a push, and those of the batch envelope together. */
export function toPushes(random: Random, sendings: readonly Sending[]): readonly Push[] {
  const pushes: Push[] = []
  let batch: Sending[] = []
  let room = random.int(2, 12)
  for (const sending of sendings) {
    if (sending.envelope !== 'CloudEvents batch') {
      pushes.push(pushOf(sending))
      continue
    }
    batch.push(sending)
    if (batch.length < room) continue
    pushes.push(batchOf(batch))
    batch = []
    room = random.int(2, 12)
  }
  return batch.length > 0 ? [...pushes, batchOf(batch)] : pushes
}

function pushOf(sending: Sending): Push {
  const { sent, envelope, hop } = sending
  return {
    sendings: [sending],
    ...(hop.orderingKey !== undefined && { orderingKey: hop.orderingKey }),
    encode(attempt) {
      const encoded = encode(envelope, sent.event, { ...hop, attempt: hop.attempt + attempt - 1 })
      return sent.fault?.spoil?.(encoded) ?? encoded
    }
  }
}

function batchOf(sendings: readonly Sending[]): Push {
  const encoded = encodeBatch(sendings.map(({ sent }) => sent.event))
  return { sendings, encode: () => encoded }
}
