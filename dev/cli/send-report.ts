import { printable } from '../../src/cli/printable.ts'
import { textTable } from '../../src/cli/text-table.ts'
import type { Tally } from '../simulator/tally.ts'

const differencesShown = 20

/** Lay out the result of a run of `landfall send`. */
export function tallyLines(tally: Tally): readonly string[] {
  const { verdicts, failures, latencyMs } = tally
  const ms = (name: 'p50' | 'p95' | 'p99' | 'max') => latencyMs[name].toFixed(1)
  return [
    ...textTable([
      ['events', ''],
      ['sent, with repetitions', number(tally.sent)],
      ...indented(verdicts),
      ['  never acknowledged', number(tally.neverAcknowledged)],
      ['acknowledged per second', number(tally.eventsPerSecond)]
    ]),
    '',
    ...textTable([
      ['messages', ''],
      ['sent', number(tally.messages)],
      ['redeliveries', number(tally.redeliveries)],
      ...indented(failures)
    ]),
    '',
    ...textTable([
      ['until acknowledged', 'p50', 'p95', 'p99', 'max'],
      ['milliseconds', ms('p50'), ms('p95'), ms('p99'), ms('max')]
    ])
  ]
}

const indented = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([name, times]) => [`  ${printable(name)}`, number(times)])

/** List the first differences, and how many there are. */
export function differenceLines(differences: readonly string[]): readonly string[] {
  if (differences.length === 0) return ['The rows and the verdicts are as expected.']
  const more = differences.length - differencesShown
  return [
    `${number(differences.length)} ${differences.length === 1 ? 'difference' : 'differences'} from what was expected:`,
    ...differences.slice(0, differencesShown).map((one) => `  ${printable(one)}`),
    ...(more > 0 ? [`  and ${number(more)} more`] : [])
  ]
}

const number = (value: number) => value.toLocaleString('en-US')
