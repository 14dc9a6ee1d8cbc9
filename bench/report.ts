import { textTable } from '../src/cli/text-table.ts'
import type { Comparison } from './comparison.ts'
import type { Level } from './parts/concurrency.ts'

export interface Report {
  readonly machine: string
  readonly service: string
  readonly comparisons: readonly Comparison[]
  readonly levels: readonly Level[]
}

type Table = readonly (readonly string[])[]

/** Lay a report out for a terminal. */
export const reportText = (report: Report): string => lay(report, (rows) => textTable(rows))

/** Lay a report out for `docs/bench.md`. */
export const reportMarkdown = (report: Report): string =>
  lay(report, ([head = [], ...rows]) =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)
  )

function lay(report: Report, table: (rows: Table) => readonly string[]): string {
  const { comparisons, levels, machine, service } = report
  const lines = [`${machine}; ${service}`]
  if (comparisons.length > 0) lines.push('', ...table(comparisonTable(comparisons)))
  if (levels.length > 0) lines.push('', ...table(levelTable(levels)), '', ...kneeLines(levels))
  return `${lines.join('\n')}\n`
}

const comparisonTable = (comparisons: readonly Comparison[]): Table => [
  ['what', 'Landfall', 'unit', 'against', 'other', 'ratio', 'lowest', 'highest', 'target', ''],
  ...comparisons.map(
    ({ what, unit, against, landfall, other, ratio, min, max, reach, reached }) => [
      what,
      short(landfall),
      unit,
      against,
      short(other),
      short(ratio),
      short(min),
      short(max),
      'atLeast' in reach ? `≥ ${short(reach.atLeast)}` : `≤ ${short(reach.atMost)}`,
      reached ? 'met' : 'missed'
    ]
  )
]

const levelTable = (levels: readonly Level[]): Table => [
  [
    'commit ms',
    'pushes at once',
    'events/s',
    'mean ms',
    'p50',
    'p95',
    'p99',
    'events/commit',
    'RSS MiB',
    'loop delay ms',
    'CPU µs/event',
    'server CPU %',
    'client CPU %'
  ],
  ...levels.map((level) =>
    [
      level.commitMs,
      level.concurrency,
      level.eventsPerSecond,
      level.meanMs,
      level.p50Ms,
      level.p95Ms,
      level.p99Ms,
      level.eventsPerCommit,
      level.rssMiB,
      level.loopDelayMs,
      level.cpuPerEvent,
      level.serverCpu * 100,
      level.clientCpu * 100
    ].map(short)
  )
]

/** Share of the best throughput beyond which more pushes at once mostly add latency. */
const nearlyAll = 0.9

/** Name the lowest concurrency that reaches nearly the best throughput, for each delay. */
function kneeLines(levels: readonly Level[]): readonly string[] {
  return [...new Set(levels.map(({ commitMs }) => commitMs))].map((commitMs) => {
    const of = levels.filter((level) => level.commitMs === commitMs)
    const best = Math.max(...of.map(({ eventsPerSecond }) => eventsPerSecond))
    const knee = of.find(({ eventsPerSecond }) => eventsPerSecond >= nearlyAll * best)
    return knee
      ? `A commit of ${commitMs} ms: ${knee.concurrency} pushes at once reach ${nearlyAll * 100} % of the ` +
          `best ${short(best)} events/s, with a mean latency of ${short(knee.meanMs)} ms and ${short(knee.rssMiB)} MiB.`
      : ''
  })
}

/** Three digits, which is more than a second run would reproduce. */
const short = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
