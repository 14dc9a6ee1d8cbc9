import type { EnvelopeName } from './envelopes.ts'
import { type EventFault, faults } from './faults.ts'
import { createItems } from './items.ts'
import { createObjects } from './objects.ts'
import { createOrders } from './orders.ts'
import type { Random } from './random.ts'
import type { SentEvent, Tick } from './sent-event.ts'

/** An event of a script; with a fault it must become a dead letter and change no row. */
export interface Case {
  readonly tick: Tick
  readonly event: SentEvent
  readonly fault?: EventFault
}

export interface CaseOptions {
  readonly count: number
  /** Share of broken events, from 0 to 1. */
  readonly poison: number
  readonly run: string
  readonly envelopes: readonly EnvelopeName[]
}

const firstAt = Date.UTC(2026, 10, 1, 8)

/**
 * Make `count` different events in the order in which they happen. The broken ones are spread
 * evenly; every fault that fits into an envelope comes up in turn, and at least once from 100
 * events on.
 */
export function makeCases(random: Random, options: CaseOptions): readonly Case[] {
  const { count, run, envelopes } = options
  const items = createItems(random, Math.ceil(count / 12))
  const orders = createOrders(random)
  const objects = createObjects(random, Math.ceil(count / 60))
  const fitting = faults.filter((fault) => fault.envelopes.some((one) => envelopes.includes(one)))
  const broken = howManyBroken(options, fitting.length)
  let at = firstAt
  return Array.from({ length: count }, (_, serial) => {
    at += random.int(1, 60_000)
    const tick: Tick = { run, serial, at }
    const before = Math.floor((serial * broken) / count)
    const isBroken = Math.floor(((serial + 1) * broken) / count) > before
    const fault = isBroken ? fitting[before % fitting.length] : undefined
    if (fault) return { tick, event: fault.make(tick), fault }
    return { tick, event: random.pick([items, items, orders, orders, objects])(tick) }
  })
}

function howManyBroken({ count, poison }: CaseOptions, atLeast: number): number {
  if (poison === 0) return 0
  return Math.max(Math.round(count * poison), count >= 100 ? Math.min(count, atLeast) : 0)
}
