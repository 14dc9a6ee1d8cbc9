import { findDeadLetters } from '../../dead-letters/find.ts'
import { dryRunDeadLetters, type Replayed, replayDeadLetters } from '../../dead-letters/replay.ts'
import { maxReplays, type Selection, selectDeadLetters } from '../../dead-letters/select.ts'
import { command, type Surroundings, UsageError } from '../command.ts'
import { interrupted, interruptible } from '../interruption.ts'
import { withRejectingService } from '../open-service.ts'
import { flag, optional, repeatable, wholeNumber } from '../parameters.ts'
import { createReport } from '../report.ts'
import { deadLetterId, filterOptions, noneMatch, statusOption, toFilter } from './filter.ts'

/** `landfall dead-letters replay`: land dead letters again, as deliveries are landed. */
export const replay = command({
  args: { ids: repeatable('id', 'of a dead letter, as `list` prints it', deadLetterId) },
  options: {
    ...filterOptions,
    ...statusOption,
    limit: optional('n', 'maximum number of dead letters to replay', wholeNumber(1)),
    dryRun: flag('print what would become of each, and write nothing'),
    force: flag(`also those that were replayed ${maxReplays} times without landing`),
    json: flag('print one JSON object per line')
  },
  details: `
Without ids and filters, every open dead letter is replayed. An event has its effect once, however
often it is replayed.
The store is that of the service: SPANNER_DATABASE, or EMBEDDED_FILE; SCHEMAS_DIR has the contracts.
Exit codes: 0 done, 1 some did not land or do not exist, 2 usage error, 130 interrupted.`,
  async run({ ids = [], limit, dryRun, force, json, ...filters }, around) {
    if (filters.status === 'replayed') {
      throw new UsageError('dead letters with the status replayed have landed already')
    }
    const filter = toFilter(filters, ids)
    const work = dryRun ? dryRunDeadLetters : replayDeadLetters
    return withRejectingService(around, ({ store, ingest }) =>
      interruptible(around, async (retries) => {
        const selection = selectDeadLetters(findDeadLetters(store, filter), { force, limit })
        const replayed = work(selection.letters, { store, ingest, retries })
        const dead = await reportReplays(replayed, around, { dryRun, json })
        if (retries.signal.aborted) return interrupted
        const shortfalls = shortfallsOf(selection, ids)
        const none = emptiness(selection, { ids, json, status: filters.status })
        for (const line of [...none, ...shortfalls]) around.printError(line)
        return dead + shortfalls.length > 0 ? 1 : 0
      })
    )
  }
})

/** Return a line for a person when the filters match nothing. */
function emptiness(
  { seen }: Selection,
  { ids, json, status }: { ids: readonly string[]; json: boolean; status: string | undefined }
): readonly string[] {
  return json || ids.length > 0 || seen.size > 0 ? [] : [noneMatch(status)]
}

/** Return why some of what was selected was not replayed. */
function shortfallsOf({ skipped, seen }: Selection, ids: readonly string[]): readonly string[] {
  const missing = ids.filter((id) => !seen.has(id)).length
  const { exhausted } = skipped
  const landed = ids.length > 0 ? skipped.landed : 0
  return [
    ...(missing > 0 ? [`${missing} of these do not exist`] : []),
    ...(landed > 0 ? [`${landed} skipped: already landed`] : []),
    ...(exhausted > 0
      ? [
          `${exhausted} skipped: already replayed ${maxReplays} times without landing; ` +
            'use --force to try again'
        ]
      : [])
  ]
}

/** Print the result of each, also when the replay ends halfway. Resolves with how many did not land. */
async function reportReplays(
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
