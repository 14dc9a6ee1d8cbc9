import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Row } from '../values/value.ts'

/** Return what changes in a row as it is now; undefined leaves it alone. */
export type ChangeDeadLetter = (row: Row) => Row | undefined

/**
 * The same table, seen whole while deciding: a write must name every column that is not null, even
 * of a row that exists
 * (https://cloud.google.com/spanner/docs/reference/rpc/google.spanner.v1#mutation), and what is
 * written back must be what is there at that moment.
 */
const wholeTable: Table = {
  ...deadLettersTable,
  guardColumns: deadLettersTable.columns.map(({ name }) => name)
}

/**
 * Change columns of dead letters in one transaction and leave the other columns alone. A dead letter
 * that was deleted stays deleted. Resolves with the number of rows that changed.
 *
 * @throws {Failure} `STORE_…`
 */
export async function changeDeadLetters(
  store: Pick<Store, 'commit'>,
  changes: ReadonlyMap<string, ChangeDeadLetter>
): Promise<number> {
  const guards = [...changes.keys()].map((id) => ({ table: wholeTable, key: [id] }))
  const { result } = await store.commit(guards, (current) => {
    const mutations = [...changes].flatMap(([id, change]) => {
      const row = current.get(wholeTable, [id])
      const changed = row && change(row)
      return changed ? [{ table: deadLettersTable, row: { ...row, ...changed } }] : []
    })
    return { mutations, result: mutations.length }
  })
  return result
}

/**
 * Mark open letters as `discarded`; nothing is deleted, and a redelivery does not open them again.
 * Resolves with the number of dead letters that were open until then.
 *
 * @throws {Failure} `STORE_…`
 */
export async function discardDeadLetters(
  store: Pick<Store, 'commit'>,
  ids: AsyncIterable<string>
): Promise<number> {
  let discarded = 0
  // The rows are written back whole, bodies of up to 16 MiB included: a few in each transaction.
  for await (const few of inBatches(ids, () => batchBytes / 4)) {
    const changes = few.map((id) => [id, discard] as const)
    discarded += await changeDeadLetters(store, new Map(changes))
  }
  return discarded
}

const discard = ({ status }: { readonly [column: string]: unknown }) =>
  status === 'open' ? { status: 'discarded' } : undefined

/** Bytes in memory at once. */
export const batchBytes = 16 * 1024 * 1024
const batchItems = 500

/**
 * Group items in their order: a batch is full with 500 items, or with the item that fills 16 MiB.
 * So memory and commits stay bounded.
 */
export async function* inBatches<T>(
  items: AsyncIterable<T>,
  bytesOf: (item: T) => number
): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  let bytes = 0
  for await (const item of items) {
    batch.push(item)
    bytes += bytesOf(item)
    if (batch.length < batchItems && bytes < batchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
