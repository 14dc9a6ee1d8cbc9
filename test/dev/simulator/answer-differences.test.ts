import { expect, test } from 'vitest'
import { answerDifferences } from '../../../dev/simulator/answer-differences.ts'
import type { EventOutcome } from '../../../dev/simulator/outcomes.ts'
import { writeScript } from '../../../dev/simulator/script.ts'

const sendings = writeScript({ seed: 1, count: 100 }).pushes.flatMap((push) => push.sendings)

function outcomeOf(type: string | undefined, answer: Partial<EventOutcome> = {}): EventOutcome {
  const sending = sendings.find(({ sent: { event, fault } }) =>
    type === undefined ? fault?.reason === 'DATA_INVALID' : !fault && event.type === type
  )
  if (!sending) throw new Error(`nothing of ${type} is sent`)
  const applied = { acknowledged: true, status: 200, verdict: 'applied', reason: undefined }
  return { sending, ...applied, ...answer }
}

const item = (answer: Partial<EventOutcome> = {}) =>
  outcomeOf('com.example.item.changed.v1', answer)
const order = (answer: Partial<EventOutcome> = {}) =>
  outcomeOf('com.example.order.placed.v1', answer)
const poison = (answer: Partial<EventOutcome>) => outcomeOf(undefined, answer)

test.each<[string, readonly EventOutcome[]]>([
  ['applied once and then a duplicate', [item(), item({ verdict: 'duplicate' })]],
  ['never applied because a newer event came first', [item({ verdict: 'stale' })]],
  ['an order that is applied once', [order({ verdict: 'duplicate' }), order()]],
  ['dead-lettered for its reason', [poison({ verdict: 'dead-lettered', reason: 'DATA_INVALID' })]]
])('an event may be %s', (_name, outcomes) => {
  expect(answerDifferences(outcomes, { eventsAreNew: true })).toEqual([])
})

test.each<[string, readonly EventOutcome[], RegExp]>([
  ['applied twice', [item(), item()], /was applied 2 times/],
  ['an order that is never applied', [order({ verdict: 'duplicate' })], /was applied 0 times/],
  ['refused', [item({ status: 503, verdict: undefined })], /was answered 503 .*expected 200/],
  ['left without an answer', [item({ status: undefined })], /: was not answered, expected 200/],
  ['without a verdict', [item({ verdict: undefined })], /was answered 200 undefined/],
  [
    'dead-lettered although valid',
    [item({ verdict: 'dead-lettered', reason: 'DATA_INVALID' })],
    /dead-lettered DATA_INVALID, expected 200 and applied, duplicate or stale/
  ],
  ['applied although broken', [poison({})], /expected 200 and dead-lettered DATA_INVALID/],
  [
    'dead-lettered for another reason',
    [poison({ verdict: 'dead-lettered', reason: 'JSON_INVALID' })],
    /dead-lettered JSON_INVALID, expected 200 and dead-lettered DATA_INVALID/
  ]
])('an event must not be %s', (_name, outcomes, difference) => {
  expect(answerDifferences(outcomes, { eventsAreNew: true })).toEqual([
    expect.stringMatching(difference)
  ])
})

test('an order may be a duplicate where another run of the seed may have been first', () => {
  const outcomes = [order({ verdict: 'duplicate' })]
  expect(answerDifferences(outcomes, { eventsAreNew: false })).toEqual([])
})
