import { afterAll, beforeAll, describe } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'
import type { ScalarType } from '../../src/values/column-types.ts'
import { describeCommits } from './contract-commits.ts'
import { describeControl } from './contract-control.ts'
import { describeLists } from './contract-lists.ts'
import { describeRefusals } from './contract-refusals.ts'
import { describeSchema } from './contract-schema.ts'
import { describeValues } from './contract-values.ts'
import { storeTables } from './tables.ts'

/** One way to keep rows, and how to get at it. */
export interface Subject {
  /** The column types it can hold: the Spanner emulator lacks UUID. */
  readonly types: readonly ScalarType[]
  /** Make a place with these tables and no rows; open it as often as wanted, as processes would. */
  create(tables: readonly Table[]): Promise<() => Promise<Store>>
  /** False when a place is gone with the store that opened it. */
  readonly shared: boolean
}

/** What the parts of the suite work on: one store, opened before and closed after all tests. */
export interface Tested {
  readonly subject: Subject
  readonly store: Store
  /** Open the same place once more. */
  again(): Promise<Store>
}

/** Run the whole promise of the `Store` port against an adapter. */
export function describeStore(name: string, subject: Subject): void {
  describe(name, () => {
    let tested: Tested | undefined
    beforeAll(async () => {
      const again = await subject.create(storeTables(subject.types))
      tested = { subject, store: await again(), again }
    })
    afterAll(async () => tested?.store.close())
    const get = () => {
      if (!tested) throw new Error('the store did not open')
      return tested
    }
    describeValues(get, subject)
    describeCommits(get, subject)
    describeControl(get, subject)
    describeRefusals(get)
    describeLists(get)
    describeSchema(get)
  })
}
