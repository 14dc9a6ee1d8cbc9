import { expect, test } from 'vitest'
import { writeScript } from '../../../dev/simulator/script.ts'
import { tally } from '../../../dev/simulator/tally.ts'

const { pushes } = writeScript({ seed: 1, count: 100, duplicates: 0 })
const batch = pushes.find(({ sendings }) => sendings.length > 1)
const single = pushes.find(({ sendings }) => sendings.length === 1)
if (!batch || !single) throw new Error('the script has both')
const answer = (body: string) => ({ status: 200, body })

test('verdicts and events that were never acknowledged add up to the events sent', () => {
  const counts = tally({
    elapsedMs: 2000,
    pushed: [
      {
        push: single,
        acknowledged: true,
        answer: answer('{"verdict":"stale"}'),
        failures: ['503', 'ECONNRESET'],
        latencyMs: 310.26
      },
      { push: single, acknowledged: true, answer: answer('ok'), failures: [], latencyMs: 1 },
      {
        push: batch,
        acknowledged: false,
        answer: { status: 503, body: '' },
        failures: ['503', '503'],
        latencyMs: 5000
      }
    ]
  })
  const { length } = batch.sendings
  expect(counts).toEqual({
    messages: 3,
    sent: 2 + length,
    verdicts: { applied: 0, duplicate: 0, stale: 1, ignored: 0, 'dead-lettered': 0, none: 1 },
    neverAcknowledged: length,
    redeliveries: 3,
    failures: { '503': 3, ECONNRESET: 1 },
    latencyMs: { p50: 1, p95: 310.3, p99: 310.3, max: 310.3 },
    elapsedMs: 2000,
    eventsPerSecond: 1
  })
})

test('percentiles are latencies that were measured', () => {
  const acknowledged = { push: single, acknowledged: true, answer: answer('{}'), failures: [] }
  const pushed = Array.from({ length: 1000 }, (_, i) => ({ ...acknowledged, latencyMs: 1000 - i }))
  const { latencyMs } = tally({ pushed, elapsedMs: 1 })
  expect(latencyMs).toEqual({ p50: 500, p95: 950, p99: 990, max: 1000 })
})
