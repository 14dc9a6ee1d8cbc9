import type { Random } from './random.ts'
import { type SentEvent, type Tick, timeOf } from './sent-event.ts'

export interface ItemChanged {
  readonly id: string
  readonly value: string
  readonly price?: string
}

const goods = [
  'Assam tea',
  'Sencha',
  'Copper kettle',
  'Oolong – Überraschung 🍵',
  'Tea strainer'
] as const
const sizes = ['50 g', '250 g', '1 kg', '1.5 l', 'gift box'] as const

/** Make the events of a shop's items: each is changed several times, deleted, and created again. */
export function createItems(random: Random, shelf: number): (tick: Tick) => SentEvent {
  const living = new Set<string>()
  return (tick) => {
    const id = `${tick.run}sku-${String(random.int(1, shelf)).padStart(5, '0')}`
    if (living.has(id) && random.chance(0.2)) {
      living.delete(id)
      return itemEvent('com.example.item.deleted.v1', tick, { id })
    }
    living.add(id)
    const value = `${random.pick(goods)}, ${random.pick(sizes)}`
    const price = `${random.int(1, 80)}.${random.pick(['00', '50', '95'])}`
    const whole: ItemChanged = { id, value, price }
    return itemEvent('com.example.item.changed.v1', tick, whole)
  }
}

function itemEvent(type: string, tick: Tick, data: Pick<ItemChanged, 'id'>): SentEvent {
  return {
    specversion: '1.0',
    id: `${tick.run}item-${tick.serial}`,
    source: '//example.com/shop',
    type,
    time: timeOf(tick),
    subject: data.id,
    data: JSON.stringify(data)
  }
}
