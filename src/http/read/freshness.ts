import { Failure } from '../../failures.ts'
import type { Freshness } from '../../store/store.ts'
import { parseValue } from './key.ts'

/** Parameters that say how fresh a read must be. */
export const freshnessParameters = ['staleness', 'after'] as const

const duration = /^(\d{1,9})(ms|s|m)$/

/** The form of a staleness, as JSON Schema takes it. */
export const stalenessPattern = duration.source

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** A store waits for the clock to reach `after`; this much may be the difference of two clocks. */
const maxAheadMs = 10_000

/**
 * Read `staleness` (such as `15s`, `500ms`, `2m`) and `after` (a commit timestamp). With both,
 * `after` wins: it is a guarantee that the read sees a write, and staleness is only a permission to
 * be late. A staleness of zero is a strong read.
 *
 * @throws {Failure} QUERY_INVALID
 */
export function parseFreshness(
  parameters: ReadonlyMap<string, string>,
  maxStalenessMs: number,
  nowMs: number
): Freshness {
  const after = parameters.get('after')
  const staleness = parameters.get('staleness')
  // Both are checked, also when only one counts.
  const ms = staleness === undefined ? 0 : parseStaleness(staleness, maxStalenessMs)
  if (after !== undefined) return { kind: 'after', commitTimestamp: parseAfter(after, nowMs) }
  return ms > 0 ? { kind: 'stale', ms } : { kind: 'strong' }
}

function parseStaleness(text: string, maxMs: number): number {
  const [, count, unit = ''] = duration.exec(text) ?? []
  const factor = unitMs[unit]
  if (factor === undefined) {
    throw new Failure('QUERY_INVALID', 'staleness: is not a duration such as 15s, 500ms or 2m')
  }
  const ms = Number(count) * factor
  if (ms <= maxMs) return ms
  throw new Failure('QUERY_INVALID', `staleness: is more than this collection allows, ${maxMs}ms`)
}

function parseAfter(text: string, nowMs: number): string {
  const type = { scalar: 'TIMESTAMP', array: false } as const
  const commitTimestamp = String(parseValue(type, text, 'QUERY_INVALID', 'after'))
  if (Date.parse(commitTimestamp) <= nowMs + maxAheadMs) return commitTimestamp
  throw new Failure('QUERY_INVALID', 'after: is in the future, so no commit has it')
}
