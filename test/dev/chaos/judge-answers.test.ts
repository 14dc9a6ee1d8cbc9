import { expect, test } from 'vitest'
import { makeEvent } from '../../../dev/chaos/chaos-event.ts'
import { createFindings, type PromiseName, promises } from '../../../dev/chaos/findings.ts'
import { createAnswerJudge } from '../../../dev/chaos/judge-answers.ts'
import { createRandom } from '../../../dev/simulator/random.ts'

const random = createRandom(1)
const events = Array.from({ length: 200 }, (_each, serial) => makeEvent(random, serial))
const [good] = events.filter(({ poison }) => !poison)
const [poison] = events.filter(({ poison }) => poison === 'STORE_REFUSED')
if (!good || !poison) throw new Error('no event of each kind')

const settled = (verdict: string, reason?: string) => ({
  status: 200,
  body: JSON.stringify({ verdict, reason })
})

test.each([
  ['applied once and then a duplicate', good, [settled('applied'), settled('duplicate')], []],
  ['refused for a while', good, [{ status: 503, body: '' }, settled('stale')], []],
  ['dead-lettered for its reason', poison, [settled('dead-lettered', 'STORE_REFUSED')], []],
  ['applied twice', good, [settled('applied'), settled('applied')], ['once']],
  ['dead-lettered though good', good, [settled('dead-lettered', 'STORE_REFUSED')], ['verdicts']],
  ['applied though poison', poison, [settled('applied')], ['verdicts']],
  ['poison for another reason', poison, [settled('dead-lettered', 'X')], ['verdicts']],
  ['acknowledged without a verdict', good, [{ status: 200, body: '[]' }], ['verdicts']],
  ['refused for ever', good, [{ status: 422, body: '{}' }], ['refusals']],
  ['a bug', good, [{ status: 500, body: '{}' }], ['refusals']]
])('an event that is %s', (_name, event, answers, violated) => {
  const findings = createFindings()
  const judge = createAnswerJudge(findings)
  judge.sent([event])
  for (const answer of answers) judge.answered([event], answer)
  const names = Object.keys(promises) as PromiseName[]
  expect(names.filter((name) => findings.of(name).length > 0)).toEqual(violated)
})
