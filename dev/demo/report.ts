import { textTable } from '../../src/cli/text-table.ts'
import { envelopes } from '../simulator/envelopes.ts'
import { faults } from '../simulator/faults.ts'
import type { EventOutcome } from '../simulator/outcomes.ts'
import type { ReadBack } from '../simulator/read-back.ts'
import { verdicts } from '../simulator/tally.ts'
import { type Findings, inFlight } from './run-demo.ts'

const rowsShown = 2
const columnsShown = 110
const differencesShown = 20

/** Describe what the demo sent, the verdicts it got, and what that proves. */
export function reportDemo(findings: Findings): string {
  const { differences } = findings
  const ending = differences.length === 0 ? proof(findings) : complaint(differences)
  return [
    ...sending(findings),
    '',
    ...verdictTable(findings.outcomes),
    '',
    ...deadLetterTable(findings),
    '',
    'What the read API shows now, from the first page of each collection',
    '',
    ...findings.readBacks.flatMap(sample),
    '',
    ...ending
  ].join('\n')
}

function sending({ script, startMs, outcomes, sendMs }: Findings): readonly string[] {
  const seconds = sendMs / 1000
  const rate = Math.round(outcomes.length / seconds)
  return [
    `The service listened after ${(startMs / 1000).toFixed(1)} s, with its rows in a temporary file.`,
    `It was sent ${number(script.cases.length)} different events, ${number(outcomes.length)} with ` +
      `repetitions, in ${number(script.pushes.length)} requests, up to ${inFlight} at a time.`,
    `That took ${seconds.toFixed(1)} s: ${number(rate)} events per second, each on disk before ` +
      'it was acknowledged.'
  ]
}

function verdictTable(outcomes: readonly EventOutcome[]): readonly string[] {
  const count = (name: string, of: readonly EventOutcome[]) => [
    name,
    number(of.length),
    ...verdicts.map((verdict) => number(of.filter((one) => one.verdict === verdict).length))
  ]
  return textTable([
    ['envelope', 'events', ...verdicts],
    ...envelopes.map((envelope) =>
      count(
        envelope,
        outcomes.filter(({ sending }) => sending.envelope === envelope)
      )
    ),
    count('all', outcomes)
  ])
}

function deadLetterTable({ deadLetters }: Findings): readonly string[] {
  const causes = (reason: string) =>
    faults.filter((fault) => fault.reason === reason).map(({ name }) => name)
  return textTable([
    ['dead letters', 'kept', 'seen', 'fault'],
    ...deadLetters.map(({ reason, letters, deliveries }) => [
      reason,
      number(letters),
      number(deliveries),
      causes(reason).join('; ')
    ])
  ])
}

function sample({ path, rows, pages }: ReadBack): readonly string[] {
  const size = `${number(rows.length)} rows in ${pages} ${pages === 1 ? 'page' : 'pages'}`
  const shown = rows.slice(0, rowsShown).map((row) => `  ${cut(JSON.stringify(row))}`)
  return [`GET /api/v1/${path}: ${size}`, ...shown]
}

function proof({ script, outcomes, readBacks, deadLetters }: Findings): readonly string[] {
  const again = outcomes.length - script.cases.length
  const stale = outcomes.filter(({ verdict }) => verdict === 'stale').length
  const broken = outcomes.filter(({ verdict }) => verdict === 'dead-lettered').length
  const letters = deadLetters.reduce((total, reason) => total + reason.letters, 0)
  const rows = readBacks.reduce((total, one) => total + one.rows.length, 0)
  return [
    'What this shows',
    '',
    `  Nothing was lost. All ${number(outcomes.length)} events were acknowledged, each with a verdict.`,
    `  Nothing happened twice. ${number(again)} events arrived again, most in another envelope, and none`,
    '  was applied more than once: the sums of the sales are right to the cent.',
    `  No row went back in time. ${number(stale)} events arrived after a newer one of their row and changed nothing;`,
    '  deleted rows stayed deleted.',
    `  Poison did no harm. ${number(broken)} broken events became ${number(letters)} dead letters, each with the reason`,
    '  of its fault, and the valid events beside them landed.',
    `  All ${number(rows)} rows equal those of applying each event once, in order, to plain maps.`,
    '  The service stopped on SIGTERM with exit code 0, and left nothing behind.',
    '',
    'Which copy of an event is applied and which is stale differs between runs, because 64 requests',
    'race; the rows do not. To try it by hand: npm start'
  ]
}

function complaint(differences: readonly string[]): readonly string[] {
  const more = differences.length - differencesShown
  return [
    `${number(differences.length)} ${differences.length === 1 ? 'difference' : 'differences'} from what was expected:`,
    '',
    ...differences.slice(0, differencesShown).map((difference) => `  ${difference}`),
    ...(more > 0 ? [`  and ${number(more)} more`] : [])
  ]
}

const number = (value: number) => value.toLocaleString('en-US')

const cut = (text: string) =>
  text.length > columnsShown ? `${text.slice(0, columnsShown - 1)}…` : text
