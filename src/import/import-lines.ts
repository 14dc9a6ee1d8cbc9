import { Failure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import { landDelivery, type Outcome, type Patience, patiently } from '../retries.ts'
import type { Line } from './lines.ts'

export interface LandedLine extends Outcome {
  readonly line: number
}

export interface ReplayLinesOptions {
  readonly ingest: Ingest
  /** Lines before this one are skipped. */
  readonly fromLine: number
  readonly patience: Patience
}

interface Pending {
  readonly bytes: number
  readonly result: Promise<LandedLine | Failure>
}

/** What is read and not yet told: enough to keep the commits full, and bounded. */
const windowLimit = { lines: 1000, bytes: 16 * 1024 * 1024 }
const blank = /^\s*$/

/**
 * Land a CloudEvent in the JSON format from each line. Many are in flight, but they are told in their
 * order, so that everything up to the line that was told last is settled. Blank lines are skipped.
 * Ends when the lines do, or when the patience's signal says so.
 *
 * @throws {Failure} with the action `retry`: of the line after the last one told
 */
export async function* replayLines(
  lines: AsyncIterable<Line>,
  { ingest, fromLine, patience }: ReplayLinesOptions
): AsyncGenerator<LandedLine> {
  const pending: Pending[] = []
  let bytes = 0

  async function next(): Promise<LandedLine> {
    const oldest = pending.shift()
    if (!oldest) throw new Error('nothing is pending')
    bytes -= oldest.bytes
    const result = await oldest.result
    if (result instanceof Failure) throw result
    return result
  }

  for await (const line of lines) {
    if (patience.signal.aborted) break
    if (line.number < fromLine || isBlank(line)) continue
    pending.push({ bytes: line.bytes.length, result: landLine(line, ingest, patience) })
    bytes += line.bytes.length
    if (pending.length >= windowLimit.lines || bytes >= windowLimit.bytes) yield await next()
  }
  while (pending.length > 0) yield await next()
}

const isBlank = ({ bytes }: Line) => bytes.length < 100 && blank.test(bytes.toString('latin1'))

/** Never rejects for an input: a rejection that nobody awaits yet would end the process. */
async function landLine(
  { number, bytes }: Line,
  ingest: Ingest,
  patience: Patience
): Promise<LandedLine | Failure> {
  const headers = { 'content-type': ['application/cloudevents+json'] }
  try {
    const land = () => landDelivery(ingest, { headers, body: bytes })
    return { line: number, ...(await patiently(land, patience)) }
  } catch (error) {
    return error instanceof Failure
      ? error
      : new Failure('INTERNAL', 'an unexpected error', { cause: error })
  }
}
