import { type Verdict, verdicts } from '../plan.ts'
import type { DeliveryOutcome } from '../retries.ts'
import { textTable } from './text-table.ts'

/** Where progress is shown: standard error, or what stands in for it. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Counts outcomes and shows how many there are, during the work and at the end. */
export interface Report {
  count(outcome: DeliveryOutcome): void
  /** How many had this verdict so far. */
  of(verdict: Verdict): number
  /** Clear the progress, and print the counts as a table or as one line of JSON. */
  end(format: 'table' | 'json' | 'nothing', facts?: Readonly<Record<string, unknown>>): void
}

/** Showing each one would take longer than the work itself. */
const step = { terminal: 50, elsewhere: 10_000 }

/**
 * Make a report.
 *
 * @param print takes the lines of the result
 * @param stream where progress is shown
 * @param what is counted, in the plural
 */
export function createReport(
  print: (line: string) => void,
  stream: ProgressStream,
  what: string
): Report {
  const counts = new Map<string, { readonly outcome: DeliveryOutcome; readonly times: number }>()
  let total = 0

  const of = (verdict: Verdict) =>
    [...counts.values()].reduce(
      (sum, { outcome, times }) => sum + (outcome.verdict === verdict ? times : 0),
      0
    )

  const counted = () => Object.fromEntries(verdicts.map((verdict) => [verdict, of(verdict)]))

  function showProgress(): void {
    if (total % (stream.isTTY ? step.terminal : step.elsewhere) !== 0) return
    stream.write(stream.isTTY ? `\r\u001b[K${total} ${what}` : `${total} ${what}\n`)
  }

  function table(): readonly string[] {
    const rows = [...counts.values()].map(({ outcome: { verdict, reason }, times }) => [
      verdict,
      reason?.code ?? '',
      String(times)
    ])
    return total === 0 ? [] : textTable([['verdict', 'reason', what], ...rows.sort()])
  }

  return {
    of,
    count({ verdict, reason }) {
      total += 1
      const name = `${verdict} ${reason?.code}`
      const times = (counts.get(name)?.times ?? 0) + 1
      counts.set(name, { outcome: { verdict, ...(reason && { reason }) }, times })
      showProgress()
    },
    end(format, facts) {
      if (stream.isTTY && total >= step.terminal) stream.write('\r\u001b[K')
      if (format === 'table') for (const line of table()) print(line)
      if (format === 'json') print(JSON.stringify({ ...facts, verdicts: counted() }))
    }
  }
}
