import type { Index, Table } from '../table.ts'
import type { Difference } from './difference.ts'

/** An index as a database describes it. A descending column is written `name DESC`. */
export interface LiveIndex extends Index {
  /** Leaves out rows with NULL in its columns; undefined when a store has no such option. */
  readonly nullFiltered?: boolean
  /** Still being filled: writes go into it, but it cannot be read yet. */
  readonly building?: boolean
}

/** Compare the indexes of a live table with the declared ones. */
export function compareIndexes(table: Table, live: readonly LiveIndex[]): readonly Difference[] {
  const asked = new Set(table.indexes.map(({ name }) => name))
  const extra = live.filter(({ name }) => !asked.has(name))
  return [
    ...table.indexes.flatMap((index) => {
      const found = live.find(({ name }) => name === index.name)
      return compareIndex(table, index, found)
    }),
    ...extra.map((index): Difference => {
      const words = `is ${describeIndex(index)}, but no collection declares it`
      return { kind: 'index-extra', ...about(table, index, words) }
    })
  ]
}

function compareIndex(
  table: Table,
  index: Index,
  live: LiveIndex | undefined
): readonly Difference[] {
  // A unique index leaves out rows with NULL in its columns, so that tombstones never collide.
  const nullFiltered = live?.nullFiltered === undefined ? undefined : index.unique
  const expected = describeIndex({ ...index, ...(nullFiltered && { nullFiltered }) })
  if (!live) {
    const words = `is missing, expected ${expected}`
    return [{ kind: 'index-missing', ...about(table, index, words) }]
  }
  if (describeIndex(live) !== expected) {
    const words = `is ${describeIndex(live)}, expected ${expected}`
    return [{ kind: 'index', ...about(table, index, words) }]
  }
  const building: Difference = {
    kind: 'index-building',
    ...about(table, index, 'is not filled yet')
  }
  return [...(live.building ? [building] : []), ...compareStored(table, index, live)]
}

function compareStored(table: Table, index: Index, live: LiveIndex): readonly Difference[] {
  const missing = index.storing.filter((column) => !live.storing.includes(column))
  const extra = live.storing.filter((column) => !index.storing.includes(column))
  return [
    ...missing.map((column): Difference => {
      const words = `does not store ${column}, expected it to`
      return { kind: 'stored-missing', column, ...about(table, index, words) }
    }),
    ...extra.map((column): Difference => {
      const words = `stores ${column}, expected it not to`
      return { kind: 'stored-extra', column, ...about(table, index, words) }
    })
  ]
}

const about = (table: Table, index: Index, words: string) => ({
  table: table.name,
  index: index.name,
  message: `Index ${index.name} on table ${table.name} ${words}.`
})

function describeIndex({ unique, nullFiltered, columns }: LiveIndex): string {
  const parts = [unique && 'UNIQUE', nullFiltered && 'NULL_FILTERED', `(${columns.join(', ')})`]
  return parts.filter(Boolean).join(' ')
}
