import { describe, expect, test } from 'vitest'
import { decode } from '../../src/delivery/decode.ts'
import { isObject } from '../../src/values/json.ts'
import { type RecordedVerdict, readRecordedDeliveries } from '../fixtures/deliveries.ts'
import { codeOf } from './deliveries.ts'

/** Refusals that come after decoding, from a contract. */
const later = ['EVENT_TYPE_UNKNOWN', 'DATA_INVALID', 'VERSION_INVALID']

const expected = ({ reason }: RecordedVerdict) =>
  reason === undefined || later.includes(reason) ? 'accepted' : reason

const recorded = readRecordedDeliveries()

describe('recorded deliveries', () => {
  test.each(recorded)('decodes $name', ({ delivery, verdicts }) => {
    expect(decode(delivery).map(codeOf)).toEqual(verdicts.map(expected))
  })

  test('never carry the same event twice, or write the same item twice', () => {
    const landed = recorded.flatMap(({ delivery, verdicts }) =>
      decode(delivery).filter((_, index) => verdicts[index]?.verdict === 'applied')
    )
    const items = landed.map((arrival) =>
      'event' in arrival && isObject(arrival.event.data) ? arrival.event.data['id'] : undefined
    )
    expect(new Set(landed.map(({ provenance }) => provenance.key)).size).toBe(landed.length)
    expect(new Set(items).size).toBe(landed.length)
  })
})
