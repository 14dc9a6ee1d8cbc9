import { expect, test } from 'vitest'
import { compare } from '../../bench/comparison.ts'
import type { Level } from '../../bench/parts/concurrency.ts'
import { reportMarkdown, reportText } from '../../bench/report.ts'

const level = (concurrency: number, eventsPerSecond: number): Level => ({
  commitMs: 5,
  concurrency,
  eventsPerSecond,
  meanMs: concurrency / 8,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  eventsPerCommit: 4,
  rssMiB: 150.04,
  loopDelayMs: 0.51,
  cpuPerEvent: 66.6,
  serverCpu: 0.5,
  clientCpu: 0.25
})

const report = {
  machine: '2 × CPU',
  service: 'dist/main.js',
  comparisons: [
    compare(
      { what: 'a lone event', unit: 'ms', against: 'a transaction', reach: { atMost: 1.15 } },
      [{ landfall: 9.1234, other: 8 }]
    )
  ],
  levels: [level(8, 500), level(80, 4600), level(160, 5000)]
}

test('shows each ratio with its target and whether it was met', () => {
  expect(reportMarkdown(report)).toContain(
    '| a lone event | 9.12 | ms | a transaction | 8 | 1.14 | 1.14 | 1.14 | ≤ 1.15 | met |'
  )
})

test('names the lowest concurrency that reaches nearly the best throughput', () => {
  expect(reportText(report)).toContain(
    'A commit of 5 ms: 80 pushes at once reach 90 % of the best 5000 events/s, ' +
      'with a mean latency of 10 ms and 150 MiB.'
  )
})

test('leaves out the tables without measurements', () => {
  const text = reportText({ ...report, levels: [] })
  expect(text).toContain('a lone event')
  expect(text).not.toContain('pushes at once')
})
