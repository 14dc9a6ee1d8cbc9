import { expectOrders } from './expect-orders.ts'
import type { Expectation, ShownRow } from './expectation.ts'
import { inOrder, shownTime, utc } from './in-order.ts'
import type { ItemChanged } from './items.ts'
import type { StorageObject } from './objects.ts'
import type { SentEvent } from './sent-event.ts'

/**
 * Return the rows that the read API should show after these valid events: as if each had arrived
 * once and in order. Events are sorted and applied one after another to plain maps. It shares no
 * code with the service that it checks.
 */
export function expectRows(events: readonly SentEvent[]): readonly Expectation[] {
  const byTime = inOrder(events, utc)
  const orders = byTime.filter(({ type }) => type.startsWith('com.example.order.'))
  const items = byTime.filter(({ type }) => type.startsWith('com.example.item.'))
  const objects = events.filter(({ type }) => type.startsWith('google.cloud.storage.object.'))
  return [
    { path: 'data', key: ['id'], rows: playItems(items) },
    ...expectOrders(orders),
    { path: 'storage-objects', key: ['bucket', 'name'], rows: playObjects(objects) }
  ]
}

function playItems(events: readonly SentEvent[]): readonly ShownRow[] {
  const rows = new Map<string, ShownRow>()
  for (const { type, data } of events) {
    const { id, value }: ItemChanged = JSON.parse(data)
    if (type === 'com.example.item.deleted.v1') rows.delete(id)
    else rows.set(id, { id, value })
  }
  return [...rows.values()]
}

/** A generation that was deleted never reappears, and does not affect a later one. */
function playObjects(events: readonly SentEvent[]): readonly ShownRow[] {
  const rows = new Map<string, ShownRow>()
  for (const { type, data } of inOrder(events, objectVersion)) {
    const object: StorageObject = JSON.parse(data)
    if (type.endsWith('.deleted')) rows.delete(object.name)
    else rows.set(object.name, shownObject(object))
  }
  return [...rows.values()]
}

function objectVersion({ type, data }: SentEvent): string {
  const { generation, metageneration }: StorageObject = JSON.parse(data)
  const last = type.endsWith('.deleted') ? 1 : 0
  return `${generation.padStart(20, '0')} ${last} ${metageneration.padStart(20, '0')}`
}

function shownObject(object: StorageObject): ShownRow {
  const { bucket, name, generation, metageneration, size, crc32c, etag, metadata } = object
  return {
    ...{ bucket, name, generation, metageneration, size, crc32c, etag },
    content_type: object.contentType,
    storage_class: object.storageClass,
    md5_hash: object.md5Hash,
    time_created: shownTime(object.timeCreated),
    updated: shownTime(object.updated),
    metadata: metadata ?? null
  }
}
