import { expect, test } from 'vitest'
import { expectRows } from '../../../dev/simulator/expect.ts'
import type { SentEvent } from '../../../dev/simulator/sent-event.ts'

const event = (type: string, time: string, data: unknown): SentEvent => ({
  specversion: '1.0',
  id: `${type} ${time}`,
  source: '//example.com/shop',
  type,
  time,
  data: JSON.stringify(data)
})

const rowsAt = (path: string, events: readonly SentEvent[]) =>
  expectRows(events).find((expectation) => expectation.path === path)?.rows

const changed = (time: string, value: string) =>
  event('com.example.item.changed.v1', time, { id: 'a', value, price: '1.00' })
const deleted = (time: string) => event('com.example.item.deleted.v1', time, { id: 'a' })

test('an item has the value of the newest change, in any order of the list', () => {
  const events = [changed('2026-11-01T10:00:00Z', 'new'), changed('2026-11-01T09:00:00Z', 'old')]
  expect(rowsAt('data', events)).toEqual([{ id: 'a', value: 'new' }])
})

test('times are compared in UTC', () => {
  const events = [
    changed('2026-11-01T10:00:00+02:00', 'old'),
    changed('2026-11-01T09:00:00Z', 'new')
  ]
  expect(rowsAt('data', events)).toEqual([{ id: 'a', value: 'new' }])
})

test('an item that was deleted after its last change is absent', () => {
  const events = [deleted('2026-11-01T10:00:00Z'), changed('2026-11-01T09:00:00Z', 'red')]
  expect(rowsAt('data', events)).toEqual([])
})

test('an item that was changed after it was deleted is present again', () => {
  const events = [changed('2026-11-01T11:00:00Z', 'red'), deleted('2026-11-01T10:00:00Z')]
  expect(rowsAt('data', events)).toEqual([{ id: 'a', value: 'red' }])
})

const placed = event('com.example.order.placed.v1', '2026-11-01T10:00:00.500Z', {
  order_id: 'o-1',
  customer_id: 'c-1',
  placed_on: '2026-11-01',
  currency: 'EUR',
  total: '10.20',
  lines: [
    { sku: 'tea', quantity: 2, unit_price: '0.10', amount: '0.20' },
    { sku: 'pot', quantity: 1, unit_price: '10.00', amount: '10.00' }
  ]
})
const shipped = event('com.example.order.shipped.v1', '2026-11-01T13:00:00+01:00', {
  order_id: 'o-1',
  carrier: 'Parcel Post'
})
const cancelled = event('com.example.order.cancelled.v1', '2026-11-01T11:00:00Z', {
  order_id: 'o-1',
  reason: 'Too late.'
})

test('an order keeps the data of each of its events, and the status of the newest', () => {
  expect(rowsAt('orders', [shipped, cancelled, placed])).toEqual([
    {
      order_id: 'o-1',
      customer_id: 'c-1',
      status: 'shipped',
      currency: 'EUR',
      total: '10.2',
      placed_at: '2026-11-01T10:00:00.5Z',
      shipped_at: '2026-11-01T12:00:00Z',
      carrier: 'Parcel Post',
      tracking_number: null,
      cancelled_at: '2026-11-01T11:00:00Z',
      cancel_reason: 'Too late.'
    }
  ])
})

test('each line of an order is a row', () => {
  expect(rowsAt('order-lines', [placed])).toEqual([
    { order_id: 'o-1', line: '0', sku: 'tea', quantity: '2', unit_price: '0.1', amount: '0.2' },
    { order_id: 'o-1', line: '1', sku: 'pot', quantity: '1', unit_price: '10', amount: '10' }
  ])
})

test('every event of an order is logged', () => {
  const ids = rowsAt('order-events', [shipped, placed])?.map((row) => row['event_id'])
  expect(ids).toEqual([placed.id, shipped.id])
})

test('sales are summed by article and day, exact to the cent', () => {
  const again = { ...placed, id: 'another' }
  const third = { ...placed, id: 'a third' }
  expect(rowsAt('daily-sales', [placed, again, third])).toEqual([
    // As doubles, 0.1 and 0.2 would not add up.
    { sku: 'tea', day: '2026-11-01', quantity: '6', revenue: '0.6' },
    { sku: 'pot', day: '2026-11-01', quantity: '3', revenue: '30' }
  ])
})

const object = (what: string, generation: string, metageneration: string) =>
  event(`google.cloud.storage.object.v1.${what}`, '2026-11-01T10:00:00Z', {
    bucket: 'b',
    name: 'n',
    generation,
    metageneration,
    contentType: 'text/csv',
    size: '1',
    storageClass: 'STANDARD',
    md5Hash: 'm',
    crc32c: 'c',
    etag: 'e',
    timeCreated: '2026-11-01T10:00:00.000Z',
    updated: '2026-11-01T10:00:00.120Z'
  })

test('the deletion of a generation does not delete a later one', () => {
  const events = [object('finalized', '10', '1'), object('deleted', '9', '3')]
  expect(rowsAt('storage-objects', events)).toMatchObject([
    { generation: '10', updated: '2026-11-01T10:00:00.12Z', metadata: null }
  ])
})

test('the deletion of a generation outranks every update of its metadata', () => {
  const events = [object('deleted', '10', '1'), object('metadataUpdated', '10', '2')]
  expect(rowsAt('storage-objects', events)).toEqual([])
})
