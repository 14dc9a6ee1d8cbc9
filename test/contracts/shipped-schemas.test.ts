import { expect, test } from 'vitest'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { deadLetterReason as refusal } from '../../src/plan.ts'
import { readContracts, readSchemas } from '../../src/read-schemas.ts'
import { arrivalOf } from './arrivals.ts'

const contracts = await readContracts('schemas')

/** The first example of a contract under schemas/events. */
const { events } = await readSchemas('schemas')
function exampleOf(type: string): CloudEvent {
  const file = events.find(({ path }) => path.endsWith(`/${type}.json`))
  return JSON.parse(Buffer.from(file?.bytes ?? []).toString()).examples[0]
}

const planned = (event: CloudEvent) => contracts.plan(arrivalOf(event))

test('the first example of the README is an upsert of an item', () => {
  const event: CloudEvent = {
    specversion: '1.0',
    id: '1',
    source: '//shop',
    type: 'com.example.item.changed.v1',
    time: '2026-11-01T10:00:00Z',
    data: { id: 'a', value: 'red' }
  }
  expect(planned(event).writes).toMatchObject([
    {
      operation: 'upsert',
      table: { name: 'items' },
      key: ['a'],
      version: '2026-11-01T10:00:00.000000000Z',
      values: { value: 'red', price: null }
    }
  ])
})

test('an item may have a price, as a number or as text, and nothing else', () => {
  const event = exampleOf('com.example.item.changed.v1')
  const priced = (price: number | string) =>
    planned({ ...event, data: { id: 'a', value: 'red', price } })
  expect(priced(12.5).writes[0]).toHaveProperty('values.price', '12.5')
  expect(priced('12.50').writes[0]).toHaveProperty('values.price', '12.5')
  expect(refusal(priced('cheap'))?.code).toBe('DATA_INVALID')
  const colored = planned({ ...event, data: { id: 'a', value: 'red', color: 1 } })
  expect(refusal(colored)?.code).toBe('DATA_INVALID')
})

test('an item is deleted by its id', () => {
  expect(planned(exampleOf('com.example.item.deleted.v1')).writes).toMatchObject([
    { operation: 'delete', table: { name: 'items' }, key: ['a'] }
  ])
})

test('a placed order fans out to its lines, its history and the sales of its day', () => {
  const event = exampleOf('com.example.order.placed.v1')
  const { writes, provenance } = planned(event)
  expect(writes.map(({ table, key }) => [table.name, ...key])).toEqual([
    ['orders', 'o-42'],
    ['order_lines', 'o-42', '0'],
    ['order_lines', 'o-42', '1'],
    ['order_events', 'o-42', provenance.key],
    ['daily_sales', 'tea-green', '2026-11-01'],
    ['daily_sales', 'kettle', '2026-11-01'],
    ['event_ledger', provenance.key]
  ])
  expect(writes[4]).toMatchObject({ amounts: { quantity: '2', revenue: '15.8' } })
})

test.each([
  ['com.example.order.shipped.v1', ['carrier', 'shipped_at', 'status', 'tracking_number']],
  ['com.example.order.cancelled.v1', ['cancel_reason', 'cancelled_at', 'status']]
])('%s merges its data into the order', (type, columns) => {
  const [write] = planned(exampleOf(type)).writes
  expect(write).toMatchObject({ operation: 'merge', table: { name: 'orders' } })
  expect(Object.keys(write?.kind === 'state' ? write.values : {}).sort()).toEqual(columns)
})

test('the events of one storage object are ordered by generation, then deletion, then metadata', () => {
  const versions = [
    ['finalized', '1793527200123456', '1'],
    ['metadataUpdated', '1793527200123456', '2'],
    ['metadataUpdated', '1793527200123456', '10'],
    ['deleted', '1793527200123456', '2'],
    ['finalized', '1793527200123457', '1'],
    ['finalized', '11793527200123457', '1']
  ].map(([kind, generation, metageneration]) => {
    const event = exampleOf(`google.cloud.storage.object.v1.${kind}`)
    const data = { ...(event.data as object), generation, metageneration } as CloudEvent['data']
    const [write] = planned({ ...event, ...(data !== undefined && { data }) }).writes
    return write?.kind === 'state' ? String(write.version) : ''
  })
  expect(versions).toEqual(versions.toSorted())
  expect(new Set(versions).size).toBe(versions.length)
})

test('a storage event may have members that the schema does not know, and int64 as number', () => {
  const event = exampleOf('google.cloud.storage.object.v1.finalized')
  const data = { ...(event.data as object), size: 12, softDeleteTime: '2026-11-01T10:00:00Z' }
  expect(planned({ ...event, data }).writes[0]).toMatchObject({
    key: ['invoices-archive', '2026/11/invoice-1001.pdf'],
    values: { size: '12', generation: '1793527200123456', content_type: 'application/pdf' }
  })
})

test('an entry of an audit log becomes a row, also with members that the schema does not know', () => {
  const event = exampleOf('google.cloud.audit.log.v1.written')
  const { writes, provenance } = planned(event)
  expect(writes).toMatchObject([
    {
      table: { name: 'audit_entries' },
      key: ['storage.googleapis.com', 'storage.buckets.create', provenance.key],
      values: { principal: 'person@example.com', status_code: null }
    }
  ])
})

test('reads of the audit entries do not show who called', () => {
  const collection = contracts.collections.find(({ name }) => name === 'audit_entries')
  expect(collection?.read?.fields).not.toContain('principal')
})

test('every collection has its own path', () => {
  expect(contracts.collections.map(({ read }) => read?.path)).toEqual([
    'audit-entries',
    'daily-sales',
    'data',
    'order-events',
    'order-lines',
    'orders',
    'storage-objects'
  ])
})
