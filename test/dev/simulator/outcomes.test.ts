import { expect, test } from 'vitest'
import { readOutcomes } from '../../../dev/simulator/outcomes.ts'
import type { Push } from '../../../dev/simulator/pushes.ts'
import { writeScript } from '../../../dev/simulator/script.ts'

const { pushes } = writeScript({ seed: 1, count: 100 })
const batch = pushes.find(({ sendings }) => sendings.length > 1)
const single = pushes.find(({ sendings }) => sendings.length === 1)

function outcomesOf(push: Push | undefined, answer: { status: number; body: string } | undefined) {
  if (!push) throw new Error('the script has both')
  const pushed = { push, answer, acknowledged: true, failures: [], latencyMs: 1 }
  return readOutcomes([pushed]).map(({ status, verdict, reason }) => [status, verdict, reason])
}

test('one event has the verdict and the reason of its answer', () => {
  const body = '{"verdict":"dead-lettered","reason":"DATA_INVALID","commitTimestamp":"2026"}'
  expect(outcomesOf(single, { status: 200, body })).toEqual([
    [200, 'dead-lettered', 'DATA_INVALID']
  ])
})

test('each event of a batch has its own verdict', () => {
  const verdicts = batch?.sendings.map((_, index) => (index === 1 ? 'stale' : 'applied')) ?? []
  const body = JSON.stringify(verdicts.map((verdict) => ({ verdict })))
  expect(outcomesOf(batch, { status: 200, body }).map(([, verdict]) => verdict)).toEqual(verdicts)
})

test('a batch answered with fewer verdicts than events has none', () => {
  const outcomes = outcomesOf(batch, { status: 200, body: '[{"verdict":"applied"}]' })
  expect(outcomes.every(([, verdict]) => verdict === undefined)).toBe(true)
})

test.each([
  ['an answer that is not JSON', { status: 502, body: 'Bad Gateway' }, 502],
  ['no answer', undefined, undefined]
])('%s has no verdict', (_name, answer, status) => {
  expect(outcomesOf(single, answer)).toEqual([[status, undefined, undefined]])
})
