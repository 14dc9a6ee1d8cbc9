import { Failure } from '../failures.ts'
import type { CounterWrite, RowId, WriteOf } from '../plan.ts'
import { columnOf, managedColumns, type Table, type TableKind } from '../store/table.ts'
import { addValues } from '../values/column-types.ts'
import { limits } from '../values/limits.ts'
import { type Row, type Value, valueBytes } from '../values/value.ts'

const maxMutations = limits.eventMutations.ours
const maxBytes = limits.eventBytes.ours
const maxKeyBytes = limits.keyBytes.ours
/** What a column travels with: the longest managed value, 32 bytes, and the lengths around it. */
const columnBytes = 40
/** The lengths around one element of an array. */
const elementBytes = 8

/** What a plan is built of; a dead letter is planned alone. */
type PlannedKind = Exclude<TableKind, 'dead-letters'>
export type PlannedWrite = WriteOf<PlannedKind>

/** The writes of one event so far, and what they add to a commit. */
export interface PlanBuilder {
  readonly writes: PlannedWrite[]
  /** Position in `writes` by row. */
  readonly rows: Map<RowId, number>
  bytes: number
  mutations: number
}

export function createPlanBuilder(): PlanBuilder {
  return { writes: [], rows: new Map(), bytes: 0, mutations: 0 }
}

/**
 * Add a write; one to a row that is written already is joined to that one, as its kind allows.
 *
 * @throws {Failure} KEY_REPEATED, EVENT_TOO_LARGE, COUNTER_OVERFLOW, VALUE_INVALID
 */
export function addWrite(builder: PlanBuilder, write: PlannedWrite): void {
  const { row } = write
  const known = builder.rows.get(row)
  if (known === undefined) {
    builder.rows.set(row, builder.writes.length)
    builder.writes.push(write)
    grow(builder, write)
    return
  }
  const before = builder.writes[known]
  if (before) builder.writes[known] = join(before, write)
}

interface WriteRules<W> {
  /** What a write sets or adds, by column besides the key. */
  readonly values: (write: W) => Row
  /** Join two writes of one event to one row, or refuse the second. */
  readonly join: (a: W, b: W) => W
}

const writeRules: { readonly [K in PlannedKind]: WriteRules<WriteOf<K>> } = {
  state: { values: ({ values }) => values, join: refuseSecond },
  log: { values: ({ values }) => values, join: refuseSecond },
  counter: { values: ({ amounts }) => amounts, join: sum },
  ledger: { values: () => ({}), join: refuseSecond }
}

const valuesOf = <K extends PlannedKind>(write: WriteOf<K>): Row =>
  writeRules[write.kind].values(write)

/** Both writes are to one row, so to one table and of one kind. */
const join = <K extends PlannedKind>(a: WriteOf<K>, b: WriteOf<K>): WriteOf<K> =>
  writeRules[b.kind].join(a, b)

function refuseSecond({ table }: PlannedWrite): never {
  throw new Failure('KEY_REPEATED', `two writes are to one row of ${table.name}`)
}

function grow(builder: PlanBuilder, write: PlannedWrite): void {
  const { table, key } = write
  const values = valuesOf(write)
  const keyBytes = checkKeys(table, key, values)
  const bytes = Object.values(values).reduce<number>((total, value) => total + sentBytes(value), 0)
  builder.bytes += (keyBytes + bytes + overheadBytes(table)) * (1 + table.indexes.length)
  builder.mutations += mutationsOf(table)
  if (builder.mutations > maxMutations) {
    throw new Failure('EVENT_TOO_LARGE', `the event needs more than ${maxMutations} mutations`)
  }
  if (builder.bytes > maxBytes) {
    throw new Failure('EVENT_TOO_LARGE', `the event needs more than ${maxBytes} bytes of values`)
  }
}

function sentBytes(value: Value): number {
  return valueBytes(value) + (Array.isArray(value) ? value.length * elementBytes : 0)
}

/**
 * Return how many bytes a row travels with besides the values of its event: names, managed columns,
 * and where columns are merged the stamp of each, which is not longer than two columns.
 */
function overheadBytes({ name, columns }: Table): number {
  const merged = columns.some((column) => column.name === managedColumns.columnVersions)
  const named = columns.reduce((total, column) => total + column.name.length + columnBytes, 0)
  return name.length + named * (merged ? 3 : 1)
}

function checkKeys(table: Table, key: readonly Value[], values: Row): number {
  const keyBytes = key.reduce<number>((total, value) => total + valueBytes(value), 0)
  if (keyBytes > maxKeyBytes) {
    throw new Failure('VALUE_INVALID', `${table.name}: the key is larger than 8 KiB`)
  }
  for (const { name, columns } of table.indexes) {
    const size = columns.reduce(
      (total, column) => total + valueBytes(values[column] ?? null),
      keyBytes
    )
    if (size > maxKeyBytes) {
      throw new Failure('VALUE_INVALID', `${name}: the key of the index is larger than 8 KiB`)
    }
  }
  return keyBytes
}

/**
 * An upper bound of the mutations of one row: every column counts, and an index entry counts once
 * for being replaced and once per column in it.
 */
function mutationsOf({ columns, indexes, primaryKey }: Table): number {
  return indexes.reduce(
    (total, index) => total + 1 + index.columns.length + index.storing.length + primaryKey.length,
    columns.length
  )
}

function sum(a: CounterWrite, b: CounterWrite): CounterWrite {
  const amounts = Object.entries(a.amounts).map(([name, amount]) => {
    const { type } = columnOf(a.table, name)
    const total = addValues(type, amount, b.amounts[name] ?? '0')
    if (total === undefined) {
      throw new Failure('COUNTER_OVERFLOW', `${a.table.name}.${name}: the sum does not fit`)
    }
    return [name, total] as const
  })
  return { ...a, amounts: Object.fromEntries(amounts) }
}
