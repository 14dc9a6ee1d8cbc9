import type { LetterFilter } from '../../dead-letters/find.ts'
import { letterStatuses } from '../../dead-letters/stored.ts'
import { Failure } from '../../failures.ts'
import { toTimestamp } from '../../values/calendar.ts'
import { usageError } from '../command.ts'

/** The options by which dead letters are chosen, for node:util's parseArgs. */
export const filterOptions = {
  reason: { type: 'string', multiple: true },
  type: { type: 'string', multiple: true },
  source: { type: 'string', multiple: true },
  status: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' }
} as const

export interface FilterValues {
  readonly reason?: readonly string[] | undefined
  readonly type?: readonly string[] | undefined
  readonly source?: readonly string[] | undefined
  readonly status?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit?: string | undefined
}

/**
 * Make a filter of what the command line says: filters, or ids, which are meant whatever their
 * status.
 *
 * @param nowMs milliseconds since 1970, for times like `2h`
 * @throws a usage error
 */
export function toFilter(
  values: FilterValues,
  ids: readonly string[],
  nowMs: number
): LetterFilter {
  const { reason, type, source, since, until } = values
  if (ids.length > 0 && Object.values(values).some((value) => value !== undefined)) {
    throw usageError('letters are named by their ids or chosen by filters, not both')
  }
  const status = statusOf(values.status ?? (ids.length > 0 ? 'any' : 'open'))
  return {
    ids: ids.map(checkId),
    ...(reason && { reasons: reason }),
    ...(type && { types: type }),
    ...(source && { sources: source }),
    ...(status !== undefined && { status }),
    ...(since !== undefined && { since: instant('since', since, nowMs) }),
    ...(until !== undefined && { until: instant('until', until, nowMs) })
  }
}

function checkId(id: string): string {
  if (/^[0-9a-f]{32}$/.test(id)) return id
  throw usageError('the id of a dead letter has 32 hex digits')
}

function statusOf(text: string): string | undefined {
  if (text === 'any') return undefined
  if (letterStatuses.some((status) => status === text)) return text
  throw usageError(`--status must be one of ${letterStatuses.join(', ')}, any`)
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/** Read an RFC 3339 time, or how long ago it was: `30m`, `2h`, `7d`. */
function instant(name: string, text: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  try {
    if (count === undefined) return toTimestamp(text, `--${name}`)
    return toTimestamp(new Date(nowMs - Number(count) * (unitMs[unit] ?? 0)).toISOString(), name)
  } catch (error) {
    if (!(error instanceof Failure || error instanceof RangeError)) throw error
    throw usageError(`--${name} must be an RFC 3339 time, or how long ago: 30m, 2h, 7d`)
  }
}
