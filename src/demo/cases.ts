import type { DemoEvent, Tick } from './demo-event.ts'
import { type Fault, faults } from './faults.ts'
import { createItems } from './items.ts'
import { createObjects } from './objects.ts'
import { createOrders } from './orders.ts'
import type { Random } from './random.ts'

/** An event of the demo; with a fault it must become a dead letter, and nothing else. */
export interface DemoCase {
  readonly tick: Tick
  readonly event: DemoEvent
  readonly fault?: Fault
}

const firstAt = Date.UTC(2026, 10, 1, 8)

/**
 * Make `count` different events in the order in which they happen. About one in twenty-five is
 * broken; every fault comes up in turn, and at least once from 100 events on.
 */
export function makeCases(random: Random, count: number): readonly DemoCase[] {
  const items = createItems(random, Math.ceil(count / 12))
  const orders = createOrders(random)
  const objects = createObjects(random, Math.ceil(count / 60))
  const every = Math.max(1, Math.floor(count / Math.max(faults.length, count / 25)))
  let at = firstAt
  return Array.from({ length: count }, (_, serial) => {
    at += random.int(1, 60_000)
    const tick: Tick = { serial, at }
    const fault = serial % every === 0 ? faults[(serial / every) % faults.length] : undefined
    if (fault) return { tick, event: fault.make(tick), fault }
    return { tick, event: random.pick([items, items, orders, orders, objects])(tick) }
  })
}
