import { describe, expect, test } from 'vitest'
import { type EnvelopeName, envelopes } from '../../src/demo/envelopes.ts'
import { faults } from '../../src/demo/faults.ts'
import { type Sending, writeScript } from '../../src/demo/script.ts'

const sendingsOf = (seed: number, count: number) =>
  writeScript(seed, count).requests.flatMap((request) => request.sendings)

test('the same seed writes the same requests to the byte, and another seed writes others', () => {
  const bytes = (seed: number) => JSON.stringify(writeScript(seed, 300).requests)
  expect(bytes(5)).toBe(bytes(5))
  expect(bytes(6)).not.toBe(bytes(5))
})

describe.each([1, 2, 3, 4, 5])('with seed %i and few events', (seed) => {
  const script = writeScript(seed, 200)
  const sendings = sendingsOf(seed, 200)

  test('there are as many different events as were asked for, and each is sent', () => {
    expect(script.cases).toHaveLength(200)
    expect(new Set(sendings.map(({ demoCase }) => demoCase)).size).toBe(200)
  })

  test('every envelope is used', () => {
    const used = new Set<EnvelopeName>(sendings.map(({ envelope }) => envelope))
    expect(envelopes.filter((envelope) => !used.has(envelope))).toEqual([])
  })

  test('every fault comes up, only in envelopes that can carry it', () => {
    const broken = script.cases.filter(({ fault }) => fault)
    expect(new Set(broken.map(({ fault }) => fault?.name))).toEqual(
      new Set(faults.map(({ name }) => name))
    )
    const carried = sendings.every(
      ({ demoCase: { fault }, envelope }) => !fault || fault.envelopes.includes(envelope)
    )
    expect(carried).toBe(true)
  })

  test('every kind of event is among them', () => {
    expect(new Set(script.cases.map(({ event }) => event.type))).toEqual(
      new Set([
        'com.example.basket.abandoned.v1',
        'com.example.item.changed.v1',
        'com.example.item.deleted.v1',
        'com.example.order.cancelled.v1',
        'com.example.order.placed.v1',
        'com.example.order.shipped.v1',
        'google.cloud.storage.object.v1.deleted',
        'google.cloud.storage.object.v1.finalized',
        'google.cloud.storage.object.v1.metadataUpdated'
      ])
    )
  })

  test('some are sent again in another envelope', () => {
    const used = Map.groupBy(sendings, ({ demoCase }) => demoCase)
    const several = [...used.values()].filter(
      (copies) => new Set(copies.map(({ envelope }) => envelope)).size > 1
    )
    expect(several.length).toBeGreaterThan(10)
  })

  test('some are sent after a later one', () => {
    expect(overtaken(sendings)).toBeGreaterThan(20)
  })

  test('a batch has several events, and any other request has one', () => {
    const sizes = script.requests.map((request) => request.sendings.length)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    const others = script.requests.filter(
      ({ sendings: [first] }) => first?.envelope !== 'CloudEvents batch'
    )
    expect(others.every((request) => request.sendings.length === 1)).toBe(true)
  })

  test('no two whole events have one identity, and none has one time', () => {
    const whole = script.cases.filter(({ fault }) => !fault).map(({ event }) => event)
    expect(new Set(whole.map(({ source, id }) => `${source} ${id}`)).size).toBe(whole.length)
    expect(new Set(whole.map(({ time = '' }) => Date.parse(time))).size).toBe(whole.length)
  })
})

function overtaken(sendings: readonly Sending[]): number {
  let newest = 0
  return sendings.filter(({ demoCase: { tick } }) => {
    const late = tick.at < newest
    newest = Math.max(newest, tick.at)
    return late
  }).length
}
