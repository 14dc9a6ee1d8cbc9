import type { ChaosEvent } from './chaos-event.ts'
import type { Findings } from './findings.ts'
import { quantitiesOf } from './model.ts'
import type { StoredRow, Tables } from './tables.ts'

export const watchedTables = ['items', 'orders', 'orderEvents', 'dailySales'] as const

/** Judges the rows while the faults last: one look after another. */
export interface TableWatch {
  look(tables: Tables, events: ReadonlyMap<string, ChaosEvent>): void
}

export function createTableWatch(findings: Findings): TableWatch {
  const last = new Map<string, StoredRow>()

  function goesForward(place: string, row: StoredRow): void {
    const before = last.get(place)
    last.set(place, row)
    if (!before || stampCompare(row, before) >= 0) return
    findings.violated('forward', `${place}: went from ${stamp(before)} back to ${stamp(row)}`)
  }

  function judgeForward(name: string, key: string, rows: readonly StoredRow[]): void {
    const there = new Set(rows.map((row) => `${name} ${row[key]}`))
    for (const place of last.keys()) {
      if (!place.startsWith(`${name} `) || there.has(place)) continue
      findings.violated('forward', `${place}: has vanished`)
    }
    for (const row of rows) goesForward(`${name} ${row[key]}`, row)
  }

  return {
    look(tables, events) {
      judgeForward('items', 'id', tables.items)
      judgeForward('orders', 'order_id', tables.orders)
      for (const row of tables.items) judgeItem(findings, row, events)
      judgeSums(findings, tables, events)
    }
  }
}

const stamp = (row: StoredRow) => `${row['event_version']} ${row['event_key']}`

function stampCompare(a: StoredRow, b: StoredRow): number {
  const [left, right] = [Number(a['event_version']), Number(b['event_version'])]
  return left - right || (String(a['event_key']) < String(b['event_key']) ? -1 : 1)
}

/** A row is that of the one event that it names. */
function judgeItem(
  findings: Findings,
  row: StoredRow,
  events: ReadonlyMap<string, ChaosEvent>
): void {
  const event = events.get(String(row['event_key']))
  const place = `items ${row['id']}`
  if (!event) {
    findings.violated('whole', `${place}: is of no event that was sent`)
    return
  }
  const { id, value = null, price = null } = JSON.parse(event.event.data)
  const deleted = event.event.type === 'com.example.item.deleted.v1' ? 'yes' : 'no'
  const wanted = [id, value, price, String(event.at), deleted]
  const found = [row['id'], row['value'], row['price'], row['event_version'], row['deleted']]
  if (wanted.join() === found.join()) return
  findings.violated('whole', `${place}: is ${found.join()}, expected ${wanted.join()}`)
}

/** The sums are those of the log, at every moment: an event writes both in one commit. */
function judgeSums(
  findings: Findings,
  { orderEvents, dailySales }: Tables,
  events: ReadonlyMap<string, ChaosEvent>
): void {
  const sums = new Map<string, number>()
  const logged = orderEvents.flatMap((row) => events.get(String(row['event_key'])) ?? [])
  for (const [sku, quantity] of logged.flatMap((event) => [...quantitiesOf(event)])) {
    sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  }
  for (const { sku, quantity } of dailySales) {
    const sum = sums.get(String(sku)) ?? 0
    if (Number(quantity) === sum) continue
    findings.violated('whole', `daily_sales ${sku}: is ${quantity} beside a log of ${sum}`)
  }
}
