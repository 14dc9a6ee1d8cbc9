import type { DeadLetterFilter } from '../../dead-letters/find.ts'
import { deadLetterStatuses } from '../../dead-letters/stored.ts'
import { failures } from '../../failures.ts'
import { type Given, UsageError } from '../command.ts'
import { nearestName } from '../nearest-name.ts'
import { mustBe, oneOf, optional, pastTime, type Read, repeatable, text } from '../parameters.ts'

const time = pastTime(() => Date.now())

const reasons = Object.entries(failures).flatMap(([code, { action }]) =>
  action === 'dead-letter' ? [code] : []
)

/** Read a code. A misspelled one would select nothing, as if there were no such dead letters. */
const deadLetterReason: Read<string> = (value) => {
  if (reasons.includes(value)) return value
  const near = nearestName(value.toUpperCase(), reasons)
  const hint = near ? ` (did you mean ${near}?)` : ''
  const { message } = mustBe('a code of docs/failures.md for dead letters', value)
  throw new UsageError(`${message}${hint}`)
}

/** The options that select dead letters, but for their status. */
export const filterOptions = {
  reason: repeatable(
    'code',
    'why it could not land, as in docs/failures.md; can be repeated',
    deadLetterReason
  ),
  type: repeatable('type', 'type of the event; can be repeated', text),
  source: repeatable('source', 'source of the event; can be repeated', text),
  since: optional(
    'time',
    'last seen at or after: an RFC 3339 time, or how long ago (2h, 7d)',
    time
  ),
  until: optional('time', 'last seen before', time)
}

/** The option that selects dead letters by their status. */
export const statusOption = {
  status: optional(
    'status',
    `${deadLetterStatuses.join(', ')} or any (default: open)`,
    oneOf([...deadLetterStatuses, 'any'])
  )
}

type FilterValues = Given<typeof filterOptions> & Partial<Given<typeof statusOption>>

/** Read the id of a dead letter. */
export const deadLetterId: Read<string> = (value) => {
  if (/^[0-9a-f]{32}$/.test(value)) return value
  throw mustBe('the 32 hex digits of a dead letter', value)
}

/**
 * Make a filter of the options, or of ids, which are selected whatever their status.
 *
 * @throws {UsageError} when both are given
 */
export function toFilter(options: FilterValues, ids: readonly string[] = []): DeadLetterFilter {
  const { reason, type, source, since, until } = options
  if (ids.length > 0 && isGiven(options)) {
    throw new UsageError('dead letters are selected by ids or by filters, not both')
  }
  const { status = ids.length > 0 ? 'any' : 'open' } = options
  return {
    ids,
    ...(reason && { reasons: reason }),
    ...(type && { types: type }),
    ...(source && { sources: source }),
    ...(status !== 'any' && { status }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until })
  }
}

/** Return what is printed when no dead letter has this status and matches the other filters. */
export function noneMatch(status = 'open'): string {
  return status === 'any' ? 'no dead letters match' : `no ${status} dead letters match`
}

/** Report whether any filter is given. */
export function isGiven({ reason, type, source, status, since, until }: FilterValues): boolean {
  return [reason, type, source, status, since, until].some((value) => value !== undefined)
}
