import { rowId, type WriteOf } from '../plan.ts'
import { type CollectionKind, type Column, columnOf } from '../store/table.ts'
import type { Row, Value } from '../values/value.ts'
import type { Collection } from './contracts.ts'
import { operationRules, stateOperations } from './kinds.ts'
import { addWrite, type PlanBuilder } from './plan-builder.ts'
import type { SourceSpec, WriteSpec } from './schema-file.ts'
import {
  compileColumn,
  compileRequired,
  compileSource,
  compileVersion,
  type ReadColumn,
  type Scope,
  scopesOf,
  type View
} from './sources.ts'

/** Add the rows of one entry of `writes` to the builder. */
export type PlanWrite = (view: View, eventKey: string, builder: PlanBuilder) => void

type MakeWrite<K extends CollectionKind> = (
  scope: Scope,
  key: readonly Value[],
  eventKey: string
) => WriteOf<K>

/** How a write to each kind of collection is compiled. */
const compilers: {
  readonly [K in CollectionKind]: (spec: WriteSpec, collection: Collection) => MakeWrite<K>
} = { state: compileState, log: compileAppend, counter: compileAdd }

/** Compile one write of a contract that has passed its checks. */
export function compileWrite(spec: WriteSpec, collection: Collection): PlanWrite {
  const { forEach } = spec
  const inForEach = forEach !== undefined
  const keys = collection.key.map((name) =>
    compileRequired(spec.set[name] ?? '', columnOf(collection.table, name), inForEach)
  )
  const make = compilers[collection.kind](spec, collection)
  return (view, eventKey, builder) => {
    for (const scope of scopesOf(view, forEach)) {
      const key = keys.map((read) => read(scope))
      addWrite(builder, make(scope, key, eventKey))
    }
  }
}

function compileState(spec: WriteSpec, collection: Collection): MakeWrite<'state'> {
  const { table } = collection
  const operation = stateOperations.find((known) => known === spec.operation)
  if (!operation) throw new Error(`${table.name}: "${spec.operation}" is not for its kind`)
  const { sets } = operationRules[operation]
  const sources = [spec.version ?? []].flat()
  const version = compileVersion(sources, collection.version ?? 'STRING', !!spec.forEach)
  const columns = sets === 'key' ? [] : compileValues(spec, collection)
  const wanted = sets === 'changes' ? 'present' : 'all'
  return (scope, key) => ({
    kind: 'state',
    table,
    operation,
    key,
    row: rowId(table, key),
    version: version(scope),
    values: readRow(columns, scope, wanted)
  })
}

function compileAppend(spec: WriteSpec, collection: Collection): MakeWrite<'log'> {
  const columns = compileValues(spec, collection)
  const { table } = collection
  return (scope, declared, eventKey) => {
    const key = [...declared, eventKey]
    return {
      kind: 'log',
      table,
      key,
      row: rowId(table, key),
      values: readRow(columns, scope, 'all')
    }
  }
}

function compileAdd(spec: WriteSpec, { dataColumns, table }: Collection): MakeWrite<'counter'> {
  const columns = dataColumns.map(
    (name) =>
      [name, compileOptional(spec.amounts?.[name], columnOf(table, name), !!spec.forEach)] as const
  )
  return (scope, key) => ({
    kind: 'counter',
    table,
    key,
    row: rowId(table, key),
    amounts: Object.fromEntries(columns.map(([name, read]) => [name, String(read(scope) ?? '0')]))
  })
}

type NamedColumn = readonly [name: string, read: ReadColumn]

/**
 * Compile the sources of the columns beside the key; a column without a source is never present.
 */
function compileValues(spec: WriteSpec, collection: Collection): readonly NamedColumn[] {
  const inForEach = spec.forEach !== undefined
  const mayBeAbsent = operationRules[spec.operation].sets === 'changes'
  return collection.dataColumns.map((name) => {
    const column = columnOf(collection.table, name)
    const source = spec.set[name]
    if (!collection.required.includes(name) || source === undefined)
      return [name, compileOptional(source, column, inForEach)]
    const always = compileRequired(source, column, inForEach)
    return [name, mayBeAbsent ? unlessAbsent(source, inForEach, always) : always]
  })
}

/** A merge may leave a required column as it is, but not clear it. */
function unlessAbsent(spec: SourceSpec, inForEach: boolean, read: ReadColumn): ReadColumn {
  const source = compileSource(spec, inForEach)
  return (scope) => (source.read(scope) === undefined ? undefined : read(scope))
}

function compileOptional(
  source: SourceSpec | undefined,
  { type }: Column,
  inForEach: boolean
): ReadColumn {
  return source === undefined ? () => undefined : compileColumn(source, type, inForEach)
}

function readRow(columns: readonly NamedColumn[], scope: Scope, wanted: 'all' | 'present'): Row {
  const row: Record<string, Value> = {}
  for (const [name, read] of columns) {
    const value = read(scope)
    if (value !== undefined) row[name] = value
    else if (wanted === 'all') row[name] = null
  }
  return row
}
