import { findLetters } from '../../dead-letters/find.ts'
import type { LetterSummary } from '../../dead-letters/stored.ts'
import { type Command, parseOptions, usageError, wholeNumber } from '../command.ts'
import { withService } from '../open-service.ts'
import { printable } from '../printable.ts'
import { textTable } from '../text-table.ts'
import { filterOptions, toFilter } from './filter-options.ts'

const options = {
  ...filterOptions,
  limit: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false }
} as const

const usage = 'usage: landfall dead-letters list [FILTERS] [--limit N] [--json]'

/** `landfall dead-letters list`: the letters that were seen last come first. */
export const list: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  if (positionals.length > 0) throw usageError(usage)
  const limit = wholeNumber('limit', values.limit, 1, 1_000_000)
  const filter = toFilter(values, [], Date.now())
  return withService(around, 'reject', async ({ store }) => {
    const { letters, found } = await newest(findLetters(store, filter), limit)
    const lines = values.json ? letters.map((letter) => JSON.stringify(letter)) : table(letters)
    for (const line of lines) around.print(line)
    if (!values.json && found === 0) around.printError('no dead letter is meant')
    if (found > letters.length) {
      around.printError(`${letters.length} of ${found} are shown; --limit N shows more`)
    }
    return 0
  })
}

/** Sort as they come, and never hold much more than what is shown. */
async function newest(
  letters: AsyncIterable<LetterSummary>,
  limit: number
): Promise<{ readonly letters: readonly LetterSummary[]; readonly found: number }> {
  const latestFirst = (a: LetterSummary, b: LetterSummary) =>
    b.lastSeen.localeCompare(a.lastSeen) || a.id.localeCompare(b.id)
  let kept: LetterSummary[] = []
  let found = 0
  for await (const letter of letters) {
    found += 1
    kept.push(letter)
    if (kept.length >= 2 * limit + 1000) kept = kept.sort(latestFirst).slice(0, limit)
  }
  return { letters: kept.sort(latestFirst).slice(0, limit), found }
}

function table(letters: readonly LetterSummary[]): readonly string[] {
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
