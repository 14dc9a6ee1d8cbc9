import type { Random } from './random.ts'
import { type SentEvent, type Tick, timeOf } from './sent-event.ts'

export interface OrderPlaced {
  readonly order_id: string
  readonly customer_id: string
  readonly placed_on: string
  readonly currency: string
  readonly total: string
  readonly lines: readonly OrderLine[]
}

export interface OrderLine {
  readonly sku: string
  readonly quantity: number
  readonly unit_price: string
  readonly amount: string
}

const carriers = ['Sending Post', 'Nordfracht', 'Vélo Express'] as const
const reasons = ['Ordered twice.', 'Too late.', 'Changed my mind 🙃'] as const
const shop = '//example.com/shop'
const warehouse = '//example.com/warehouse'

/** Make the events of orders: placed with some lines, later shipped, cancelled, or both. */
export function createOrders(random: Random): (tick: Tick) => SentEvent {
  const open: string[] = []
  return (tick) => {
    const known = open[random.int(0, Math.max(0, open.length - 1))]
    if (known === undefined || random.chance(0.5)) {
      const id = `${tick.run}o-${tick.serial}`
      open.push(id)
      return orderEvent('placed', shop, timeOf(tick), tick, placed(random, id, tick))
    }
    if (random.chance(0.7)) {
      const data = { order_id: known, ...shipment(random, tick) }
      return orderEvent('shipped', warehouse, inBerlin(tick), tick, data)
    }
    open.splice(open.indexOf(known), 1)
    const data = { order_id: known, ...(random.chance(0.7) && { reason: random.pick(reasons) }) }
    return orderEvent('cancelled', shop, timeOf(tick), tick, data)
  }
}

function placed(random: Random, order_id: string, tick: Tick): OrderPlaced {
  const lines = Array.from({ length: random.int(1, 4) }, () => orderLine(random, tick))
  const cents = lines.reduce((total, line) => total + line.cents, 0)
  return {
    order_id,
    customer_id: `c-${random.int(1, 200)}`,
    placed_on: timeOf(tick).slice(0, 10),
    currency: 'EUR',
    total: money(cents),
    lines: lines.map(({ line }) => line)
  }
}

function orderLine(
  random: Random,
  { run }: Tick
): { readonly line: OrderLine; readonly cents: number } {
  const quantity = random.int(1, 5)
  const unitCents = random.int(1, 1600) * 5
  const cents = quantity * unitCents
  const sku = `${run}sku-${String(random.int(1, 40)).padStart(5, '0')}`
  return { line: { sku, quantity, unit_price: money(unitCents), amount: money(cents) }, cents }
}

function shipment(random: Random, { serial }: Tick) {
  const tracked = random.chance(0.8)
  return { carrier: random.pick(carriers), ...(tracked && { tracking_number: `PP${serial}DE` }) }
}

/** The warehouse writes its own time zone, as real senders do. */
function inBerlin({ at }: Tick): string {
  return timeOf({ at: at + 3_600_000 }).replace('Z', '+01:00')
}

const money = (cents: number) => (cents / 100).toFixed(2)

function orderEvent(
  what: 'placed' | 'shipped' | 'cancelled',
  source: string,
  time: string,
  { serial }: Tick,
  data: { readonly order_id: string }
): SentEvent {
  return {
    specversion: '1.0',
    id: `${data.order_id}/${what}/${serial}`,
    source,
    type: `com.example.order.${what}.v1`,
    time,
    subject: data.order_id,
    data: JSON.stringify(data)
  }
}
