import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { failures } from '../../src/failures.ts'
import { deadLetterReason } from '../../src/plan.ts'
import { readContracts, readSchemas } from '../../src/read-schemas.ts'
import type { Json } from '../../src/values/json.ts'
import { arrivalOf } from './arrivals.ts'

const contracts = await readContracts('schemas')
const examples: readonly CloudEvent[] = (await readSchemas('schemas')).events.flatMap(
  ({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).examples
)

/** Values at the edge of what a column or a version accepts, and any others. */
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>('a', '', '-0', '01', '1.50', '9223372036854775808', '2026-02-29'),
  fc.constantFrom<Json>('2026-11-01', '2026-11-01T10:00:00.5+01:00', 'EUR', '\ud800', '\u0000'),
  fc.constantFrom<Json>(null, 0, -1, 1.5, 2 ** 53, 1e300, true),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue() as fc.Arbitrary<Json>
)

/** An object with some members changed, and sometimes one added. */
function mutated(base: object): fc.Arbitrary<object> {
  const names = fc.subarray([...Object.keys(base), 'new'], { maxLength: 2 })
  return fc.tuple(names, fc.array(value, { minLength: 2, maxLength: 2 })).map(([keys, values]) => ({
    ...base,
    ...Object.fromEntries(keys.map((key, at) => [key, values[at]]))
  }))
}

const event = fc
  .constantFrom(...examples)
  .chain((example) =>
    fc.oneof(
      mutated(example.data as object).map((data) => ({ ...example, data })),
      // What decode guarantees stays: the type is a string.
      mutated(example).map(({ id, source, type, ...rest }: Partial<CloudEvent>) => ({
        ...example,
        ...rest,
        ...(typeof type === 'string' && { type })
      })),
      fc
        .array(mutated({ sku: 'x', quantity: 1, unit_price: '1', amount: '1' }), { maxLength: 3 })
        .map((lines) => ({ ...example, data: { ...(example.data as object), lines } })),
      value.map((data) => ({ ...example, data }))
    )
  )
  // Arbitrary data does not have the shape of a CloudEvent, and that is the point.
  .map((made) => made as unknown as CloudEvent)
const inexactPointers = fc.subarray(['/data/price', '/data/total', '/data/lines/0/quantity'])
const arrival = fc.tuple(event, inexactPointers).map(([made, inexact]) => arrivalOf(made, inexact))

test('planning never throws, and an event that cannot land becomes a dead letter with a reason', () => {
  let landed = 0
  const codes = new Set<string>()
  fc.assert(
    fc.property(arrival, (arrived) => {
      const plan = contracts.plan(arrived)
      expect(plan.provenance).toEqual(arrived.provenance)
      const { provenance } = arrived
      const reason = deadLetterReason(plan)
      if (reason) {
        expect(plan.writes).toMatchObject([{ kind: 'dead-letters', provenance }])
        codes.add(reason.code)
        expect(failures[reason.code].action).toBe('dead-letter')
        expect(reason.detail.isWellFormed()).toBe(true)
      } else {
        landed += 1
      }
    }),
    { numRuns: 2000 }
  )
  // Some events must land: a generator that never passes the schemas would prove nothing.
  expect(landed).toBeGreaterThan(200)
  expect([...codes]).toEqual(
    expect.arrayContaining([
      'DATA_INVALID',
      'VALUE_INVALID',
      'VERSION_INVALID',
      'EVENT_TYPE_UNKNOWN'
    ])
  )
})

test('planning is deterministic, and depends on nothing but the arrival', () => {
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 5 }), (arrivals) => {
      const forwards = arrivals.map((arrived) => contracts.plan(arrived))
      const backwards = arrivals
        .toReversed()
        .map((arrived) =>
          contracts.plan({ ...structuredClone(arrived), provenance: arrived.provenance })
        )
      expect(JSON.stringify(backwards.toReversed())).toBe(JSON.stringify(forwards))
    }),
    { numRuns: 300 }
  )
})

test('planning does not change the event', () => {
  fc.assert(
    fc.property(arrival, (arrived) => {
      const { provenance, ...content } = arrived
      const before = { ...structuredClone(content), provenance }
      contracts.plan(arrived)
      expect(arrived).toEqual(before)
    }),
    { numRuns: 300 }
  )
})
