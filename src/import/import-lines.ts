import { Failure } from '../failures.ts'
import type { Ingest } from '../ingest.ts'
import { type DeliveryOutcome, landDelivery, type RetryPolicy, withRetries } from '../retries.ts'
import type { Line } from './lines.ts'

export interface LandedLine extends DeliveryOutcome {
  readonly line: number
}

export interface ImportOptions {
  /** Stores poison: what is reported as settled is stored. */
  readonly ingest: Ingest<never>
  /** Lines before this one are skipped. */
  readonly fromLine: number
  readonly retries: RetryPolicy
}

interface Pending {
  readonly bytes: number
  readonly result: Promise<LandedLine | Failure>
}

/** What is read and not yet yielded: enough to keep the commits full, and bounded. */
const windowLimit = { lines: 1000, bytes: 16 * 1024 * 1024 }
const blank = /^\s*$/

/**
 * Land a CloudEvent in the JSON format from each line. Many are in flight, but their results are
 * yielded in order, so that everything up to the last line yielded is settled. Blank lines are
 * skipped. Ends when the lines do, or when the signal of `retries` is aborted.
 *
 * @throws {Failure} with the action `retry`: of the line after the last one yielded
 */
export async function* importLines(
  lines: AsyncIterable<Line>,
  { ingest, fromLine, retries }: ImportOptions
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
    if (retries.signal.aborted) break
    if (line.number < fromLine || isBlank(line)) continue
    pending.push({ bytes: line.bytes.length, result: landLine(line, ingest, retries) })
    bytes += line.bytes.length
    if (pending.length >= windowLimit.lines || bytes >= windowLimit.bytes) yield await next()
  }
  while (pending.length > 0) yield await next()
}

const isBlank = ({ bytes }: Line) => bytes.length < 100 && blank.test(bytes.toString('latin1'))

/** Never rejects for an input: a rejection that is not awaited yet would end the process. */
async function landLine(
  { number, bytes }: Line,
  ingest: Ingest<never>,
  retries: RetryPolicy
): Promise<LandedLine | Failure> {
  const headers = { 'content-type': ['application/cloudevents+json'] }
  try {
    const land = () => landDelivery(ingest, { headers, body: bytes })
    return { line: number, ...(await withRetries(land, retries)) }
  } catch (error) {
    return error instanceof Failure
      ? error
      : new Failure('INTERNAL', 'an unexpected error', { cause: error })
  }
}
