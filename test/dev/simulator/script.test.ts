import { describe, expect, test } from 'vitest'
import { type EnvelopeName, envelopes } from '../../../dev/simulator/envelopes.ts'
import { expectRows } from '../../../dev/simulator/expect.ts'
import { faults } from '../../../dev/simulator/faults.ts'
import type { Sending } from '../../../dev/simulator/pushes.ts'
import { type ScriptOptions, wholeEvents, writeScript } from '../../../dev/simulator/script.ts'

const sendingsOf = (seed: number, count: number) =>
  writeScript({ seed, count }).pushes.flatMap((push) => push.sendings)

test('the same seed writes the same requests to the byte, and another seed writes others', () => {
  const bytes = (seed: number) =>
    JSON.stringify(writeScript({ seed, count: 300 }).pushes.map((push) => push.encode(1)))
  expect(bytes(5)).toBe(bytes(5))
  expect(bytes(6)).not.toBe(bytes(5))
})

describe.each([1, 2, 3, 4, 5])('with seed %i and few events', (seed) => {
  const script = writeScript({ seed, count: 200 })
  const sendings = sendingsOf(seed, 200)

  test('there are as many different events as requested, and each is sent', () => {
    expect(script.cases).toHaveLength(200)
    expect(new Set(sendings.map(({ sent }) => sent)).size).toBe(200)
  })

  test('every envelope is used', () => {
    const used = new Set<EnvelopeName>(sendings.map(({ envelope }) => envelope))
    expect(envelopes.filter((envelope) => !used.has(envelope))).toEqual([])
  })

  test('every fault occurs, only in envelopes that can carry it', () => {
    const broken = script.cases.filter(({ fault }) => fault)
    expect(new Set(broken.map(({ fault }) => fault?.name))).toEqual(
      new Set(faults.map(({ name }) => name))
    )
    const carried = sendings.every(
      ({ sent: { fault }, envelope }) => !fault || fault.envelopes.includes(envelope)
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
    const used = Map.groupBy(sendings, ({ sent }) => sent)
    const several = [...used.values()].filter(
      (copies) => new Set(copies.map(({ envelope }) => envelope)).size > 1
    )
    expect(several.length).toBeGreaterThan(10)
  })

  test('some are sent after a later one', () => {
    expect(overtaken(sendings)).toBeGreaterThan(20)
  })

  test('a batch has several events, and any other request has one', () => {
    const sizes = script.pushes.map((push) => push.sendings.length)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    const others = script.pushes.filter(
      ({ sendings: [first] }) => first?.envelope !== 'CloudEvents batch'
    )
    expect(others.every((push) => push.sendings.length === 1)).toBe(true)
  })

  test('no two valid events have the same identity, and no two events the same time', () => {
    const whole = script.cases.filter(({ fault }) => !fault).map(({ event }) => event)
    expect(new Set(whole.map(({ source, id }) => `${source} ${id}`)).size).toBe(whole.length)
    expect(new Set(whole.map(({ time = '' }) => Date.parse(time))).size).toBe(whole.length)
  })
})

describe('the options of a script', () => {
  const write = (options: Partial<ScriptOptions>) => {
    const script = writeScript({ seed: 1, count: 300, ...options })
    return { ...script, sendings: script.pushes.flatMap((push) => push.sendings) }
  }

  test.each([
    [0, 0],
    [1, 14],
    [10, 30],
    [60, 180],
    [100, 300]
  ])('of 300 events with %i %% poison, %i are broken', (percent, broken) => {
    const { cases } = write({ poison: percent / 100 })
    expect(cases.filter(({ fault }) => fault)).toHaveLength(broken)
  })

  test('a few events need not include every fault', () => {
    const { cases } = write({ count: 10 })
    expect(cases.filter(({ fault }) => fault)).toEqual([])
  })

  test('without duplicates every event is sent once', () => {
    expect(write({ duplicates: 0 }).sendings).toHaveLength(300)
  })

  test('more late events mean more overtaken events', () => {
    const [none, many] = [write({ late: 0, duplicates: 0 }), write({ late: 0.5, duplicates: 0 })]
    expect(overtaken(many.sendings)).toBeGreaterThan(overtaken(none.sendings))
  })

  test('a single envelope is used for valid and for broken events', () => {
    const { sendings, cases } = write({ envelopes: ['Pub/Sub unwrapped'] })
    expect(new Set(sendings.map(({ envelope }) => envelope))).toEqual(
      new Set(['Pub/Sub unwrapped'])
    )
    expect(cases.some(({ fault }) => fault)).toBe(true)
  })

  test('in order, messages have the key of their subject, and none is overtaken', () => {
    const { pushes, sendings } = write({
      ordered: true,
      duplicates: 0,
      envelopes: ['Pub/Sub wrapped, binary event', 'Pub/Sub unwrapped']
    })
    expect(overtaken(sendings)).toBe(0)
    for (const {
      orderingKey,
      sendings: [sending],
      encode
    } of pushes) {
      expect(orderingKey).toBe(sending?.sent.event.subject)
      if (orderingKey === undefined) continue
      const { body, headers } = encode(1)
      const told = headers['x-goog-pubsub-ordering-key'] ?? JSON.parse(body).message.orderingKey
      expect([told, Buffer.from(told, 'latin1').toString()]).toContain(orderingKey)
    }
  })

  test('the attempt of a wrapped push counts up when it is delivered again', () => {
    const { pushes } = write({ envelopes: ['Pub/Sub wrapped, binary event'], poison: 0 })
    const attempts = pushes.map((push) => {
      const first = push.sendings[0]?.hop.attempt ?? 0
      return [1, 2, 5].map((n) => JSON.parse(push.encode(n).body).deliveryAttempt - first)
    })
    expect(new Set(attempts.map(String))).toEqual(new Set(['0,1,4']))
  })

  test('two runs share no identity and no key', () => {
    const [one, two] = ['1-', '2-'].map((run) => {
      const whole = wholeEvents(write({ run }))
      const rows = expectRows(whole).flatMap(({ path, key, rows: shown }) =>
        shown.map((row) => JSON.stringify([path, ...key.map((name) => row[name])]))
      )
      return new Set([...whole.map(({ source, id }) => `${source} ${id}`), ...rows])
    })
    expect(one?.size).toBeGreaterThan(500)
    expect(one?.isDisjointFrom(two ?? new Set())).toBe(true)
  })
})

function overtaken(sendings: readonly Sending[]): number {
  let newest = 0
  return sendings.filter(({ sent: { tick } }) => {
    const late = tick.at < newest
    newest = Math.max(newest, tick.at)
    return late
  }).length
}
