import { expect, test } from 'vitest'
import { sampleEvents } from '../../../dev/local/sample-events.ts'
import { deadLetterReason } from '../../../src/plan.ts'
import { readContracts, readSchemas } from '../../../src/read-schemas.ts'
import type { Json } from '../../../src/values/json.ts'
import { arrivalOf } from '../../contracts/arrivals.ts'

const files = await readSchemas('schemas')
const contracts = await readContracts('schemas')
const now = () => '2027-01-01T00:00:00Z'

function sample(type: string, data?: Json) {
  let made = 0
  const newId = () => {
    made += 1
    return `id-${made}`
  }
  return sampleEvents(files, { type, data, newId, now })
}

test('one event is the first example, with its own id and time', () => {
  expect(sample('com.example.item.changed.v1')()).toEqual({
    specversion: '1.0',
    id: 'id-1',
    source: '//example.com/shop',
    type: 'com.example.item.changed.v1',
    time: '2027-01-01T00:00:00Z',
    data: { id: 'a', value: 'red' }
  })
})

test('many events use the examples in turn, each about its own row', () => {
  const make = sample('com.example.item.changed.v1')
  const events = [1, 2, 3].map((number) => make(number))
  expect(events.map(({ id }) => id)).toEqual(['id-1', 'id-2', 'id-3'])
  expect(events.map(({ data }) => data)).toEqual([
    { id: 'a-1', value: 'red' },
    { id: 'b-2', value: 'blue', price: '12.50' },
    { id: 'a-3', value: 'red' }
  ])
})

test('given data replaces the example, and keeps what cannot be numbered', () => {
  const make = sample('com.example.item.changed.v1', { id: 'x', value: 'v' })
  expect([make().data, make(7).data]).toEqual([
    { id: 'x', value: 'v' },
    { id: 'x-7', value: 'v' }
  ])
  for (const data of [{ id: null, value: 'v' }, { value: 'v' }, { id: ['x'] }, [1], 'x', null]) {
    expect(sample('com.example.item.changed.v1', data)(7).data).toEqual(data)
  }
  expect(sample('com.example.item.changed.v1', { id: 7 })(100).data).toEqual({ id: 107 })
})

test('data makes an event of a type that no contract knows', () => {
  expect(sample('com.example.unheard-of.v1', { a: 1 })(3)).toMatchObject({
    type: 'com.example.unheard-of.v1',
    data: { a: 1 }
  })
})

test('a date in a key stays the date, and a key of an element stays shared', () => {
  expect(sample('com.example.order.placed.v1')(2).data).toMatchObject({
    order_id: 'o-42-2',
    placed_on: '2026-11-01',
    lines: [{ sku: 'tea-green' }, { sku: 'kettle' }]
  })
})

test.each(contracts.eventTypes)('every numbered event of %s can land', (type) => {
  const make = sample(type)
  for (const number of [undefined, 1, 2, 1000]) {
    expect(deadLetterReason(contracts.plan(arrivalOf(make(number))))).toBeUndefined()
  }
})
