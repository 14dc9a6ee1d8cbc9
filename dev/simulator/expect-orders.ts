import type { Expectation, ShownRow } from './expectation.ts'
import { shownTime, utc } from './in-order.ts'
import type { OrderPlaced } from './orders.ts'
import type { SentEvent } from './sent-event.ts'

/** Play the events of orders, given in the order of their times. */
export function expectOrders(events: readonly SentEvent[]): readonly Expectation[] {
  const placed = events.filter(({ type }) => type === 'com.example.order.placed.v1')
  return [
    { path: 'orders', key: ['order_id'], rows: playOrders(events) },
    { path: 'order-lines', key: ['order_id', 'line'], rows: placed.flatMap(orderLines) },
    {
      path: 'order-events',
      key: ['source', 'event_id'],
      unpredictable: ['committed_at'],
      rows: events.map(orderEvent)
    },
    { path: 'daily-sales', key: ['sku', 'day'], rows: sumSales(placed) }
  ]
}

function playOrders(events: readonly SentEvent[]): readonly ShownRow[] {
  const rows = new Map<string, ShownRow>()
  for (const event of events) {
    const { order_id: id }: Pick<OrderPlaced, 'order_id'> = JSON.parse(event.data)
    rows.set(id, { ...(rows.get(id) ?? blankOrder), ...orderChange(event) })
  }
  return [...rows.values()]
}

const blankOrder: ShownRow = {
  shipped_at: null,
  carrier: null,
  tracking_number: null,
  cancelled_at: null,
  cancel_reason: null
}

function orderChange(event: SentEvent): ShownRow {
  const { lines, placed_on, total, reason, ...data } = JSON.parse(event.data)
  const at = shownTime(utc(event))
  if (event.type === 'com.example.order.shipped.v1') {
    return { ...data, status: 'shipped', shipped_at: at }
  }
  if (event.type === 'com.example.order.cancelled.v1') {
    return { status: 'cancelled', cancelled_at: at, ...(reason && { cancel_reason: reason }) }
  }
  return { ...data, total: shownAmount(total), status: 'placed', placed_at: at }
}

function orderLines({ data }: SentEvent): readonly ShownRow[] {
  const { order_id, lines }: OrderPlaced = JSON.parse(data)
  return lines.map(({ sku, quantity, unit_price, amount }, index) => ({
    order_id,
    line: String(index),
    sku,
    quantity: String(quantity),
    unit_price: shownAmount(unit_price),
    amount: shownAmount(amount)
  }))
}

function orderEvent(event: SentEvent): ShownRow {
  const data: OrderPlaced = JSON.parse(event.data)
  const { type, source, id: event_id } = event
  const occurred_at = shownTime(utc(event))
  return { order_id: data.order_id, type, occurred_at, source, event_id, data }
}

function sumSales(events: readonly SentEvent[]): readonly ShownRow[] {
  const sums = new Map<string, { sku: string; day: string; quantity: number; cents: number }>()
  for (const { data } of events) {
    const { placed_on: day, lines }: OrderPlaced = JSON.parse(data)
    for (const { sku, quantity, amount } of lines) {
      const sum = sums.get(`${sku} ${day}`) ?? { sku, day, quantity: 0, cents: 0 }
      sum.quantity += quantity
      sum.cents += centsOf(amount)
      sums.set(`${sku} ${day}`, sum)
    }
  }
  return [...sums.values()].map(({ sku, day, quantity, cents }) => ({
    sku,
    day,
    quantity: String(quantity),
    revenue: String(cents / 100)
  }))
}

const centsOf = (amount: string) => Math.round(Number(amount) * 100)
const shownAmount = (amount: string) => String(centsOf(amount) / 100)
