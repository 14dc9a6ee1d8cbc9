import type { Store } from '../store/store.ts'
import { changeLetters } from './change-letters.ts'
import { batchBytes, inBatches } from './in-batches.ts'

/**
 * Mark open letters as `discarded`; nothing is deleted, and a redelivery does not open them again.
 * Resolves with the number of letters that were open until then.
 *
 * @throws {Failure} `STORE_…`
 */
export async function discardLetters(
  store: Pick<Store, 'commit'>,
  ids: AsyncIterable<string>
): Promise<number> {
  let discarded = 0
  // The rows are written back whole, bodies of up to 16 MiB included: a few in each transaction.
  for await (const few of inBatches(ids, () => batchBytes / 4)) {
    const changes = few.map((id) => [id, discard] as const)
    discarded += await changeLetters(store, new Map(changes))
  }
  return discarded
}

const discard = ({ status }: { readonly [column: string]: unknown }) =>
  status === 'open' ? { status: 'discarded' } : undefined
