import { createInterface } from 'node:readline/promises'
import { discardLetters } from '../../dead-letters/change.ts'
import { findLetters } from '../../dead-letters/find.ts'
import { type Command, parseOptions, usageError } from '../command.ts'
import { withService } from '../open-service.ts'
import { filterOptions, toFilter } from './filter-options.ts'

const { status: _status, ...filters } = filterOptions
const options = {
  ...filters,
  all: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false }
} as const

const usage = 'usage: landfall dead-letters discard ID… | FILTERS | --all [--yes]'

/**
 * `landfall dead-letters discard`: say that open letters need nothing more. Letters that are chosen
 * by filters are counted and confirmed first.
 */
export const discard: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  const { all, yes, ...chosen } = values
  const says = positionals.length > 0 || Object.keys(chosen).length > 0
  if (says === all) throw usageError(usage)
  const filter = { ...toFilter(chosen, positionals, Date.now()), status: 'open' }
  return withService(around, 'reject', async ({ store }) => {
    const ids: string[] = []
    for await (const { id } of findLetters(store, filter)) ids.push(id)
    const question = `discard ${ids.length} dead letter${ids.length === 1 ? '' : 's'}?`
    const named = positionals.length > 0
    if (ids.length > 0 && !named && !yes && !(await confirm(question))) {
      around.printError('nothing was discarded')
      return 1
    }
    const discarded = await discardLetters(store, from(ids))
    around.print(`${discarded} discarded`)
    const asked = new Set(positionals).size
    if (named && discarded < asked) {
      around.printError(`${asked - discarded} of these are not there, or not open`)
      return 1
    }
    return 0
  })
}

async function* from(ids: readonly string[]): AsyncGenerator<string> {
  yield* ids
}

/** @throws a usage error where nobody can be asked */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw usageError(`${question} Say so with --yes`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
