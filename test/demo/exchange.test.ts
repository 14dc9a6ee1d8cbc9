import { expect, test } from 'vitest'
import { exchange } from '../../src/demo/exchange.ts'
import { writeScript } from '../../src/demo/script.ts'

const { requests } = writeScript(1, 100)
const batch = requests.find(({ sendings }) => sendings.length > 1)
const single = requests.find(({ sendings }) => sendings.length === 1)

async function answered(request: typeof batch, status: number, body: string) {
  const post = async () => ({ status, body, link: undefined })
  const outcomes = await exchange({ post }, request ? [request] : [], 4, () => undefined)
  return outcomes.map(({ status: code, verdict, reason }) => [code, verdict, reason])
}

test('one event has the verdict and the reason of its answer', async () => {
  const body = '{"verdict":"dead-lettered","reason":"DATA_INVALID","commitTimestamp":"2026"}'
  expect(await answered(single, 200, body)).toEqual([[200, 'dead-lettered', 'DATA_INVALID']])
})

test('each event of a batch has its own verdict', async () => {
  const verdicts = batch?.sendings.map((_, index) => (index === 1 ? 'stale' : 'applied')) ?? []
  const body = JSON.stringify(verdicts.map((verdict) => ({ verdict })))
  expect((await answered(batch, 200, body)).map(([, verdict]) => verdict)).toEqual(verdicts)
})

test('a batch that is answered with fewer verdicts than events has none', async () => {
  const outcomes = await answered(batch, 200, '[{"verdict":"applied"}]')
  expect(outcomes.every(([, verdict]) => verdict === undefined)).toBe(true)
})

test('an answer that is not JSON has no verdict', async () => {
  expect(await answered(single, 502, 'Bad Gateway')).toEqual([[502, undefined, undefined]])
})

test('no more requests are in flight than allowed, and each answer is told', async () => {
  let [now, most] = [0, 0]
  const told: number[] = []
  const post = async () => {
    now += 1
    most = Math.max(most, now)
    await Promise.resolve()
    now -= 1
    return { status: 200, body: '{}', link: undefined }
  }
  await exchange({ post }, requests, 4, (done) => told.push(done))
  expect(most).toBe(4)
  expect(told).toEqual(requests.map((_, index) => index + 1))
})
