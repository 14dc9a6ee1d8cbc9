import { createInterface } from 'node:readline/promises'
import { discardDeadLetters } from '../../dead-letters/change.ts'
import { type DeadLetterFilter, findDeadLetters } from '../../dead-letters/find.ts'
import { command, UsageError } from '../command.ts'
import { type Service, withRejectingService } from '../open-service.ts'
import { flag, repeatable } from '../parameters.ts'
import { counted } from '../printable.ts'
import { deadLetterId, filterOptions, isGiven, toFilter } from './filter.ts'

/**
 * `landfall dead-letters discard`: mark open dead letters as settled. Those that filters select are
 * counted and confirmed first.
 */
export const discard = command({
  args: { ids: repeatable('id', 'of a dead letter, as `list` prints it', deadLetterId) },
  options: {
    ...filterOptions,
    all: flag('discard every open dead letter'),
    yes: flag('do not ask')
  },
  details: `
Give ids, filters, or --all. Only open dead letters are discarded, and nothing is deleted.
The store is that of the service: SPANNER_DATABASE, or EMBEDDED_FILE.
Exit codes: 0 done, 1 not confirmed, or some do not exist or are not open, 2 usage error.`,
  async run({ ids = [], all, yes, ...filters }, around) {
    const selects = ids.length > 0 || isGiven(filters)
    if (selects === all) throw new UsageError('give ids, filters, or --all')
    const filter = { ...toFilter(filters, ids), status: 'open' }
    return withRejectingService(around, async ({ store }) => {
      const open = await idsOf(store, filter)
      const question = `discard ${counted(open, 'dead letter')}?`
      if (open.length > 0 && ids.length === 0 && !yes && !(await confirm(question))) {
        around.printError('nothing was discarded')
        return 1
      }
      const discarded = await discardDeadLetters(store, from(open))
      around.print(`${discarded} discarded`)
      const missing = new Set(ids).size - discarded
      if (missing <= 0) return 0
      around.printError(`${missing} of these do not exist or are not open`)
      return 1
    })
  }
})

async function idsOf(
  store: Service['store'],
  filter: DeadLetterFilter
): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of findDeadLetters(store, filter)) ids.push(id)
  return ids
}

async function* from(ids: readonly string[]): AsyncGenerator<string> {
  yield* ids
}

/** @throws {UsageError} where standard input is not a terminal */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} Confirm with --yes`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
