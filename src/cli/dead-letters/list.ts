import { findDeadLetters } from '../../dead-letters/find.ts'
import type { DeadLetterSummary } from '../../dead-letters/stored.ts'
import { command } from '../command.ts'
import { withRejectingService } from '../open-service.ts'
import { flag, wholeNumber, withDefault } from '../parameters.ts'
import { printable } from '../printable.ts'
import { textTable } from '../text-table.ts'
import { filterOptions, noneMatch, statusOption, toFilter } from './filter.ts'

/** `landfall dead-letters list`: those that were last seen most recently come first. */
export const list = command({
  options: {
    ...filterOptions,
    ...statusOption,
    limit: withDefault(
      'n',
      'maximum number of dead letters to print',
      wholeNumber(1, 1_000_000),
      100
    ),
    json: flag('print one JSON object per line')
  },
  details: `
The store is that of the service: SPANNER_DATABASE, or EMBEDDED_FILE.
Exit codes: 0 done, 1 failed, 2 usage error.`,
  async run({ limit, json, ...filters }, around) {
    return withRejectingService(around, async ({ store }) => {
      const { letters, found } = await newest(findDeadLetters(store, toFilter(filters)), limit)
      const lines = json ? letters.map((letter) => JSON.stringify(letter)) : table(letters)
      for (const line of lines) around.print(line)
      if (!json && found === 0) around.printError(noneMatch(filters.status))
      if (found > letters.length) {
        around.printError(`${letters.length} of ${found} are shown; --limit N shows more`)
      }
      return 0
    })
  }
})

/** Keep the newest, and never many more in memory than are shown. */
async function newest(
  letters: AsyncIterable<DeadLetterSummary>,
  limit: number
): Promise<{ readonly letters: readonly DeadLetterSummary[]; readonly found: number }> {
  const latestFirst = (a: DeadLetterSummary, b: DeadLetterSummary) =>
    b.lastSeen.localeCompare(a.lastSeen) || a.id.localeCompare(b.id)
  let kept: DeadLetterSummary[] = []
  let found = 0
  for await (const letter of letters) {
    found += 1
    kept.push(letter)
    if (kept.length >= 2 * limit + 1000) kept = kept.sort(latestFirst).slice(0, limit)
  }
  return { letters: kept.sort(latestFirst).slice(0, limit), found }
}

function table(letters: readonly DeadLetterSummary[]): readonly string[] {
  if (letters.length === 0) return []
  const rows = letters.map((letter) => [
    letter.id,
    `${letter.lastSeen.slice(0, 19)}Z`,
    String(letter.timesSeen),
    String(letter.replays),
    letter.status,
    letter.reason,
    shorten(letter.type ?? ''),
    shorten(letter.detail)
  ])
  const head = ['id', 'last seen', 'seen', 'replays', 'status', 'reason', 'type', 'detail']
  return textTable([head, ...rows])
}

function shorten(text: string): string {
  const shown = printable(text)
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown
}
