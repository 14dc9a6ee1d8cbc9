import type { ChaosEvent } from './chaos-event.ts'
import type { StoredRow, Tables } from './tables.ts'

type Rows = Map<string, StoredRow>

/**
 * Return the rows that these events must end in, each landed once: all of them are sorted by version
 * and event key, and applied one after another to plain maps. It shares no code with the service.
 */
export function expectTables(events: readonly ChaosEvent[]): Tables {
  const good = events.filter(({ poison }) => !poison).sort(byStamp)
  const tables = {
    items: new Map(),
    orders: new Map(),
    orderLines: new Map(),
    orderEvents: new Map(),
    dailySales: new Map<string, Sum>(),
    ledger: new Map()
  } satisfies Record<string, Map<string, unknown>>
  for (const event of good) land(event, tables)
  return {
    items: [...tables.items.values()],
    orders: [...tables.orders.values()],
    orderLines: [...tables.orderLines.values()],
    orderEvents: [...tables.orderEvents.values()],
    dailySales: [...tables.dailySales.values()].map(shownSum),
    ledger: [...tables.ledger.values()],
    deadLetters: events.flatMap(({ key, poison }) =>
      poison ? [{ id: key, reason: poison, status: 'open' }] : []
    )
  }
}

/** Order two events as all writes to one row are ordered. */
export const byStamp = (a: ChaosEvent, b: ChaosEvent): number =>
  a.at - b.at || (a.key < b.key ? -1 : Number(a.key > b.key))

interface Sum {
  readonly sku: string
  readonly day: string
  quantity: number
  cents: number
}

interface Landed {
  readonly items: Rows
  readonly orders: Rows
  readonly orderLines: Rows
  readonly orderEvents: Rows
  readonly dailySales: Map<string, Sum>
  readonly ledger: Rows
}

const stampOf = ({ at, key }: ChaosEvent) => ({ event_version: String(at), event_key: key })

function land(event: ChaosEvent, tables: Landed): void {
  const data = JSON.parse(event.event.data)
  if (event.event.type.startsWith('com.example.item.')) {
    landItem(event, data, tables)
    return
  }
  landOrder(event, data, tables)
  logOrder(event, data, tables)
}

function landItem(event: ChaosEvent, data: StoredRow, { items }: Landed): void {
  const { id = '', value = null, price = null } = data
  const deleted = event.event.type === 'com.example.item.deleted.v1' ? 'yes' : 'no'
  items.set(String(id), { id, value, price, ...stampOf(event), deleted })
}

const blankOrder = {
  customer_id: null,
  status: null,
  currency: null,
  total: null,
  placed_at: null,
  shipped_at: null,
  carrier: null,
  tracking_number: null,
  cancelled_at: null,
  cancel_reason: null
} as const

function landOrder(event: ChaosEvent, data: StoredRow, tables: Landed): void {
  const { order_id = '', ...given } = data
  const at = String(event.at)
  const before = tables.orders.get(String(order_id)) ?? blankOrder
  const own = { order_id, ...stampOf(event), deleted: 'no' }
  if (event.event.type === 'com.example.order.shipped.v1') {
    const change = { ...given, status: 'shipped', shipped_at: at }
    tables.orders.set(String(order_id), { ...before, ...change, ...own })
  } else if (event.event.type === 'com.example.order.cancelled.v1') {
    const { reason } = given
    const why = reason === undefined ? {} : { cancel_reason: reason }
    const change = { status: 'cancelled', cancelled_at: at, ...why }
    tables.orders.set(String(order_id), { ...before, ...change, ...own })
  } else landPlaced(event, JSON.parse(event.event.data), tables)
}

interface Placed {
  readonly order_id: string
  readonly customer_id: string
  readonly placed_on: string
  readonly currency: string
  readonly total: string
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly unit_price: string
    readonly amount: string
  }[]
}

/** The whole row, the lines, the sums and the entry in the ledger. */
function landPlaced(event: ChaosEvent, placed: Placed, tables: Landed): void {
  const { order_id, customer_id, currency, total, lines, placed_on } = placed
  const own = { ...stampOf(event), deleted: 'no' }
  const given = { customer_id, currency, total, status: 'placed', placed_at: String(event.at) }
  tables.orders.set(order_id, { ...blankOrder, ...given, order_id, ...own })
  tables.ledger.set(event.key, { event_key: event.key })
  for (const [line, { sku, quantity, unit_price, amount }] of lines.entries()) {
    tables.orderLines.set(`${order_id} ${line}`, {
      ...{ order_id, line: String(line), sku, quantity: String(quantity), unit_price },
      ...{ amount: shownAmount(centsOf(amount)), ...own }
    })
    const sum = tables.dailySales.get(sku) ?? { sku, day: placed_on, quantity: 0, cents: 0 }
    sum.quantity += quantity
    sum.cents += centsOf(amount)
    tables.dailySales.set(sku, sum)
  }
}

function logOrder({ event, key, at }: ChaosEvent, data: StoredRow, tables: Landed): void {
  const { type, source, id } = event
  tables.orderEvents.set(key, {
    ...{ order_id: data['order_id'] ?? '', type, occurred_at: String(at), source },
    ...{ event_id: id, data: event.data, event_key: key }
  })
}

/** What one event adds to the quantities, by article. */
export function quantitiesOf({ event }: ChaosEvent): ReadonlyMap<string, number> {
  if (event.type !== 'com.example.order.placed.v1') return new Map()
  const { lines }: Placed = JSON.parse(event.data)
  return new Map(lines.map(({ sku, quantity }) => [sku, quantity]))
}

const centsOf = (amount: string) => Math.round(Number(amount) * 100)
const shownAmount = (cents: number) => String(cents / 100)

const shownSum = ({ sku, day, quantity, cents }: Sum): StoredRow => ({
  ...{ sku, day, quantity: String(quantity), revenue: shownAmount(cents) }
})
