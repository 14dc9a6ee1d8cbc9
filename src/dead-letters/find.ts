import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import { type DeadLetterSummary, summaryColumns, toSummary } from './stored.ts'

/** Which dead letters match; an absent member or an empty list does not restrict. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[]
  readonly reasons?: readonly string[]
  readonly types?: readonly string[]
  readonly sources?: readonly string[]
  readonly status?: string
  /** Last seen at or after this `TIMESTAMP`. */
  readonly since?: string
  /** Last seen before this `TIMESTAMP`. */
  readonly until?: string
}

const pageSize = 500

/**
 * Find the dead letters that match, each once, in the order of their ids. The table has no index
 * besides its key, so without ids all of it is read, a page at a time and without bodies. A dead
 * letter that arrives meanwhile may or may not be found.
 *
 * @throws {Failure} `STORE_…`
 */
export async function* findDeadLetters(
  store: Pick<Store, 'list' | 'read'>,
  filter: DeadLetterFilter
): AsyncGenerator<DeadLetterSummary> {
  const letters = filter.ids?.length ? named(store, filter.ids) : all(store)
  for await (const letter of letters) if (matches(letter, filter)) yield letter
}

async function* named(
  store: Pick<Store, 'read'>,
  ids: readonly string[]
): AsyncGenerator<DeadLetterSummary> {
  for (const id of [...new Set(ids)].sort()) {
    const row = await store.read(deadLettersTable, [id], summaryColumns, { kind: 'strong' })
    if (row) yield toSummary(row)
  }
}

async function* all(store: Pick<Store, 'list'>): AsyncGenerator<DeadLetterSummary> {
  const { primaryKey: order } = deadLettersTable
  let after: readonly string[] | undefined
  for (;;) {
    const { rows, more } = await store.list(
      {
        table: deadLettersTable,
        columns: summaryColumns,
        equals: {},
        order,
        limit: pageSize,
        ...(after && { after })
      },
      { kind: 'strong' }
    )
    const page = rows.map(toSummary)
    yield* page
    const last = page.at(-1)
    if (!last || !more) return
    after = [last.id]
  }
}

function matches(letter: DeadLetterSummary, filter: DeadLetterFilter): boolean {
  const { status, since, until } = filter
  return (
    isAmong(letter.reason, filter.reasons) &&
    isAmong(letter.type, filter.types) &&
    isAmong(letter.source, filter.sources) &&
    (status === undefined || letter.status === status) &&
    (since === undefined || letter.lastSeen >= since) &&
    (until === undefined || letter.lastSeen < until)
  )
}

function isAmong(value: string | null, wanted: readonly string[] | undefined): boolean {
  return !wanted?.length || (value !== null && wanted.includes(value))
}
