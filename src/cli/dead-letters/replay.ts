import { findLetters } from '../../dead-letters/find.ts'
import { dryRunLetters, type Replayed, replayLetters } from '../../dead-letters/replay.ts'
import { type Choice, chooseLetters, maxReplays } from '../../dead-letters/select.ts'
import {
  type Command,
  parseOptions,
  type Surroundings,
  usageError,
  wholeNumber
} from '../command.ts'
import { interrupted, interruptible } from '../interruption.ts'
import { withService } from '../open-service.ts'
import { createReport } from '../report.ts'
import { filterOptions, toFilter } from './filter-options.ts'

const options = {
  ...filterOptions,
  limit: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false }
} as const

const usage =
  'usage: landfall dead-letters replay [ID…] [FILTERS] [--limit N] [--dry-run] [--force] [--json]'

/**
 * `landfall dead-letters replay`: send letters through the path that every delivery takes. Exit code
 * 1 when one that was meant did not land.
 */
export const replay: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  if (values.status === 'replayed') throw usageError('what is replayed has landed')
  const { 'dry-run': dryRun, force, json, ...chosen } = values
  const filter = toFilter(chosen, positionals, Date.now())
  const limit = wholeNumber('limit', values.limit ?? '1000000000', 1, 1_000_000_000)
  const work = dryRun ? dryRunLetters : replayLetters
  return withService(around, 'reject', ({ store, ingest }) =>
    interruptible(around, async (patience) => {
      const choice = chooseLetters(findLetters(store, filter), { force, limit })
      const replayed = work(choice.letters, { store, ingest, patience })
      const dead = await tell(replayed, around, { dryRun, json })
      if (patience.signal.aborted) return interrupted
      const shortfalls = shortfallsOf(choice, filter.ids)
      for (const line of shortfalls) around.printError(line)
      return dead + shortfalls.length > 0 ? 1 : 0
    })
  )
}

/** Say why not everything that was meant was replayed. */
function shortfallsOf({ leftOut, seen }: Choice, ids: readonly string[] = []): readonly string[] {
  const missing = ids.filter((id) => !seen.has(id)).length
  const { wornOut } = leftOut
  const landed = ids.length > 0 ? leftOut.landed : 0
  return [
    ...(missing > 0 ? [`${missing} of these are not there`] : []),
    ...(landed > 0 ? [`${landed} left out: landed before`] : []),
    ...(wornOut > 0
      ? [`${wornOut} left out: replayed ${maxReplays} times in vain; --force tries once more`]
      : [])
  ]
}

/** Tell what became of each, also when it ends half-way; resolves with how many did not land. */
async function tell(
  replayed: AsyncIterable<Replayed>,
  { print }: Surroundings,
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean }
): Promise<number> {
  const report = createReport(print, process.stderr, 'letters')
  try {
    for await (const outcome of replayed) {
      report.count(outcome)
      if (json) print(jsonLine(outcome, dryRun))
    }
  } finally {
    report.end(json ? 'nothing' : 'table')
  }
  return report.of('dead-lettered')
}

function jsonLine({ letter: { id }, verdict, reason }: Replayed, dryRun: boolean): string {
  const { code = null, detail = null } = reason ?? {}
  return JSON.stringify({ id, dryRun, verdict, reason: code, detail })
}
