import type { Mismatch } from '../store.ts'
import type { Table } from '../table.ts'
import { compareColumns, type LiveColumn } from './compare-columns.ts'
import { compareIndexes, type LiveIndex } from './compare-indexes.ts'
import { type Difference, type DifferenceKind, policyOf } from './difference.ts'

/** A table as a database describes it. */
export interface LiveTable {
  readonly name: string
  readonly columns: readonly LiveColumn[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly LiveIndex[]
  /** Null when rows are kept; undefined when a store has no such policy. */
  readonly ttl?: Table['ttl'] | null
}

/** List what keeps the service from working with a live table. */
export function findMismatches(table: Table, live: LiveTable | undefined): readonly Mismatch[] {
  return compareTable(table, live)
    .filter(({ kind }) => policyOf(kind).blocksReadiness)
    .map(({ table, message }) => ({ table, message }))
}

/**
 * Compare a live table with the declared one. A STRING or BYTES that is longer than declared is not
 * a difference: every value that lands fits.
 */
export function compareTable(table: Table, live: LiveTable | undefined): readonly Difference[] {
  if (!live) {
    const message = `Table ${table.name} is missing.`
    return [{ kind: 'table-missing', table: table.name, message }]
  }
  return [
    ...compareColumns(table, live.columns, indexedColumns(live)),
    ...compareKey(table, live),
    ...compareTtl(table, live),
    ...compareIndexes(table, live.indexes)
  ]
}

function indexedColumns({ primaryKey, indexes }: LiveTable): ReadonlySet<string> {
  const names = indexes.flatMap(({ columns, storing }) => [...columns, ...storing])
  return new Set([...primaryKey, ...names].map((name) => name.replace(/ DESC$/, '')))
}

function compareKey(table: Table, live: LiveTable): readonly Difference[] {
  const [is, expected] = [live.primaryKey.join(', '), table.primaryKey.join(', ')]
  if (is === expected) return []
  const message = `The primary key of table ${table.name} is (${is}), expected (${expected}).`
  return [{ kind: 'key', table: table.name, message }]
}

function compareTtl({ name, ttl: asked }: Table, { ttl: live }: LiveTable): readonly Difference[] {
  const [is, expected] = [spellTtl(live), spellTtl(asked)]
  if (live === undefined || is === expected) return []
  const message = `Rows of table ${name} are deleted ${is}, expected ${expected}.`
  return [{ kind: kindOfTtl(asked, live), table: name, message }]
}

function kindOfTtl(asked: Table['ttl'], live: Table['ttl'] | null): DifferenceKind {
  if (!asked) return 'ttl-extra'
  if (!live) return 'ttl-missing'
  return live.column === asked.column && live.days < asked.days ? 'ttl-short' : 'ttl'
}

const spellTtl = (ttl: Table['ttl'] | null) =>
  ttl ? `${ttl.days} days after ${ttl.column}` : 'never'
