import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { importLines, type LandedLine } from '../import/import-lines.ts'
import { readLines } from '../import/lines.ts'
import type { RetryPolicy } from '../retries.ts'
import { command, type Surroundings } from './command.ts'
import { interrupted, interruptible } from './interruption.ts'
import { withService } from './open-service.ts'
import { flag, required, text, wholeNumber, withDefault } from './parameters.ts'
import { printable } from './printable.ts'
import { createReport } from './report.ts'

/** Dead letters that are named; the others are only counted. */
const namedLines = 20

/** `landfall import FILE|-`: land CloudEvents from newline-delimited JSON. */
export const importFile = command({
  args: {
    file: required('file', 'one CloudEvent in the JSON format per line; - is standard input', text)
  },
  options: {
    fromLine: withDefault(
      'n',
      'skip the lines before n: where an interrupted run said to continue',
      wholeNumber(1),
      1
    ),
    json: flag('print the result as one JSON object')
  },
  details: `
A file whose name ends in .gz is inflated. A line that cannot land becomes a dead letter, as any
delivery does. Landing a line twice has no second effect, so a run may always start again from an
earlier line.
Exit codes: 0 every line landed, 1 some became dead letters or the run did not finish,
2 usage error, 130 interrupted.`,
  async run({ file, fromLine, json }, around) {
    return withService(around, ({ ingest }) =>
      interruptible(around, (retries) => {
        const lines = readLines(chunksOf(file, retries))
        const landed = importLines(lines, { ingest, fromLine, retries })
        return reportLines(landed, around, { fromLine, json, signal: retries.signal })
      })
    )
  }
})

/** Read bytes until they end or the signal is aborted. */
async function* chunksOf(file: string, { signal }: RetryPolicy): AsyncGenerator<Buffer> {
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

/** How far a run got. */
interface Run {
  lastLine: number
  finished: boolean
}

/** Land the lines and report how far the run got, also when it ends halfway. */
async function reportLines(
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
    if (!run.finished && run.lastLine >= fromLine) sayWhereToContinue(run, around)
  }
  if (signal.aborted) return interrupted
  return report.of('dead-lettered') > 0 ? 1 : 0
}

function nameDeadLetter({ line, reason }: LandedLine, { printError }: Surroundings): void {
  if (reason) printError(`line ${line}: ${reason.code}: ${printable(reason.detail)}`)
}

function sayWhereToContinue({ lastLine }: Run, { printError }: Surroundings): void {
  const next = lastLine + 1
  printError(`everything up to line ${lastLine} has landed; continue with --from-line ${next}`)
}
