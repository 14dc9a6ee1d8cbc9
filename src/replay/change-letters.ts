import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Row } from '../store/value.ts'

/** What changes of a row, seen as it is now; undefined leaves it alone. */
export type ChangeLetter = (row: Row) => Row | undefined

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
 * Change dead letters in one transaction, and nothing of them that the changes do not name. A letter
 * that is gone stays gone. Resolves with the number of rows that changed.
 *
 * @throws {Failure} `STORE_…`
 */
export async function changeLetters(
  store: Pick<Store, 'commit'>,
  changes: ReadonlyMap<string, ChangeLetter>
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
