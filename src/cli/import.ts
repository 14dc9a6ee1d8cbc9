import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type LandedLine, replayLines } from '../import/import-lines.ts'
import { readLines } from '../import/lines.ts'
import type { Patience } from '../retries.ts'
import type { Command, Surroundings } from './command.ts'
import { parseOptions, usageError, wholeNumber } from './command.ts'
import { interrupted, interruptible } from './interruption.ts'
import { withService } from './open-service.ts'
import { printable } from './printable.ts'
import { createReport } from './report.ts'

const help = `landfall replay: land CloudEvents from a file, for backfills.

  landfall replay FILE     one CloudEvent in the JSON format per line; FILE.gz is inflated
  landfall replay -        from standard input

  --from-line N    skip the lines before N: where an interrupted run said to go on
  --json           print the result as one JSON object

A line that cannot land becomes a dead letter, as any delivery does. Landing a line twice has no
second effect, so a run may always start again from an earlier line.
Exit codes: 0 every line landed, 1 some became dead letters or the run did not finish,
2 not a command, 130 interrupted.
`
const usage = 'usage: landfall replay FILE|- [--from-line N] [--json]'
const options = {
  'from-line': { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

/** Dead letters that are named; the others are only counted. */
const namedLines = 20

/** `landfall replay FILE|-`: land CloudEvents from newline-delimited JSON. */
export const replay: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  if (values.help) {
    around.print(help.trimEnd())
    return 0
  }
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw usageError(usage)
  const fromLine = wholeNumber('from-line', values['from-line'], 1, Number.MAX_SAFE_INTEGER)
  return withService(around, 'store', ({ ingest }) =>
    interruptible(around, (patience) => {
      const lines = readLines(chunksOf(file, patience))
      const landed = replayLines(lines, { ingest, fromLine, patience })
      return tell(landed, around, { fromLine, json: values.json, signal: patience.signal })
    })
  )
}

/** Read bytes until they end or the signal says so. */
async function* chunksOf(file: string, { signal }: Patience): AsyncGenerator<Buffer> {
  const source: Readable = file === '-' ? process.stdin : createReadStream(file)
  const stream = file.endsWith('.gz') ? source.compose(createGunzip()) : source
  try {
    yield* addAbortSignal(signal, stream) as AsyncIterable<Buffer>
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    source.destroy()
  }
}

/** How far a run came. */
interface Run {
  lastLine: number
  finished: boolean
}

/** Land the lines and tell how far it came, also when it ends half-way. */
async function tell(
  landed: AsyncIterable<LandedLine>,
  around: Surroundings,
  { fromLine, json, signal }: { fromLine: number; json: boolean; signal: AbortSignal }
): Promise<number> {
  const report = createReport(around.print, process.stderr, 'lines')
  const run: Run = { lastLine: fromLine - 1, finished: false }
  try {
    for await (const outcome of landed) {
      report.count(outcome)
      run.lastLine = outcome.line
      if (report.of('dead-lettered') <= namedLines) nameDeadLetter(outcome, around)
    }
    run.finished = !signal.aborted
  } finally {
    report.end(json ? 'json' : 'table', { ...run })
    if (!run.finished) sayWhereToGoOn(run, around)
  }
  if (signal.aborted) return interrupted
  return report.of('dead-lettered') > 0 ? 1 : 0
}

function nameDeadLetter({ line, reason }: LandedLine, { printError }: Surroundings): void {
  if (reason) printError(`line ${line}: ${reason.code}: ${printable(reason.detail)}`)
}

function sayWhereToGoOn({ lastLine }: Run, { printError }: Surroundings): void {
  const next = lastLine + 1
  printError(`everything up to line ${lastLine} is landed; go on with --from-line ${next}`)
}
