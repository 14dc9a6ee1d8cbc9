import { createHash } from 'node:crypto'
import type { Random } from '../simulator/random.ts'
import type { SentEvent } from '../simulator/sent-event.ts'

/** An event that several publishers and many deliveries compete with. */
export interface ChaosEvent {
  readonly event: SentEvent
  /** Its key, as docs/concepts.md defines it; made here again, without the code under test. */
  readonly key: string
  /** Its version: milliseconds since 1970. */
  readonly at: number
  /** The reason of its dead letter; absent for an event that must land. */
  readonly poison?: string
}

/** Only the store itself knows this one: a constraint refuses values that begin so. */
export const refusedPrefix = 'refused'

const publishers = 4
const firstAt = Date.UTC(2026, 10, 1, 8)
const day = '2026-11-01'

/** What an event is about, before it has an identity. */
interface Content {
  readonly type: string
  readonly data: string
  readonly poison?: string
}

/**
 * Make the event of a serial number. Its time is near that of its neighbours, so that versions
 * collide and every order of arrival occurs; its id is that of events of other publishers.
 */
export function makeEvent(random: Random, serial: number): ChaosEvent {
  const source = `//chaos.example/publisher-${serial % publishers}`
  const id = String(Math.floor(serial / publishers))
  const at = firstAt + (Math.floor(serial / 8) + random.int(-12, 12)) * 1000
  const { poison, ...content } = contentOf(random, serial)
  const time = new Date(at).toISOString()
  return {
    event: { specversion: '1.0', id, source, time, ...content },
    key: createHash('sha256').update(`${source}\n${id}`).digest('hex').slice(0, 32),
    at,
    ...(poison && { poison })
  }
}

function contentOf(random: Random, serial: number): Content {
  const dice = random.next()
  const orderId = `o-${random.int(1, 20 + Math.floor(serial / 8))}`
  if (dice < 0.04) return poisoned(random, serial)
  if (dice < 0.4) return itemChanged(`i-${random.int(1, 30)}`, serial)
  if (dice < 0.48) return of('item.deleted', { id: `i-${random.int(1, 30)}` })
  if (dice < 0.75) return of('order.placed', placed(random, orderId, serial))
  if (dice < 0.9) return of('order.shipped', shipped(random, orderId, serial))
  return of('order.cancelled', {
    order_id: orderId,
    ...(random.chance(0.5) && { reason: `reason ${serial}` })
  })
}

const of = (name: string, data: object): Content => ({
  type: `com.example.${name}.v1`,
  data: JSON.stringify(data)
})

const itemChanged = (id: string, serial: number) =>
  of('item.changed', { id, value: `value ${serial}`, price: `${serial}.25` })

function placed(random: Random, order_id: string, serial: number) {
  const first = random.int(0, 11)
  const lines = Array.from({ length: random.int(1, 4) }, (_each, line) => {
    const quantity = random.int(1, 5)
    const cents = quantity * random.int(1, 400)
    return {
      sku: `s-${(first + line) % 12}`,
      quantity,
      unit_price: '1.5',
      amount: (cents / 100).toFixed(2)
    }
  })
  return {
    order_id,
    customer_id: `c-${serial}`,
    placed_on: day,
    currency: 'EUR',
    total: `${serial}.75`,
    lines
  }
}

function shipped(random: Random, order_id: string, serial: number) {
  const tracked = random.chance(0.5)
  return {
    order_id,
    carrier: `carrier ${serial}`,
    ...(tracked && { tracking_number: `T${serial}` })
  }
}

/** One in two is refused by the store alone, without a sign before. */
function poisoned(random: Random, serial: number): Content {
  const id = `poison-${serial}`
  const whole = of('item.changed', { id, value: 'must not land' })
  if (random.chance(0.5)) {
    const data = JSON.stringify({ id, value: `${refusedPrefix} ${serial}` })
    return { ...whole, data, poison: 'STORE_REFUSED' }
  }
  return random.pick<Content>([
    { ...whole, data: JSON.stringify({ id }), poison: 'DATA_INVALID' },
    { ...whole, data: `{"id":"${id}","value":"half \\ud83c"}`, poison: 'VALUE_INVALID' },
    { ...whole, type: 'com.example.basket.abandoned.v1', poison: 'EVENT_TYPE_UNKNOWN' }
  ])
}
