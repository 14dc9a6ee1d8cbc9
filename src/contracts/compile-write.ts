import { rowId, type WriteOf } from '../plan.ts'
import { type CollectionKind, type Column, columnOf } from '../store/table.ts'
import type { Row, Value } from '../values/value.ts'
import { dataColumns } from './collection-table.ts'
import type { Collection } from './contracts.ts'
import { addWrite, type Draft } from './plan-builder.ts'
import type { CollectionFile, SourceSpec, WriteSpec } from './schema-file.ts'
import {
  compileSource,
  compileTake,
  compileTakeAlways,
  compileVersion,
  type Scope,
  scopesOf,
  type Take,
  type View
} from './sources.ts'

/** Add what one entry of `writes` asks for to the draft. */
export type PlanWrite = (view: View, eventKey: string, draft: Draft) => void

/** A collection with the file it was compiled from. */
export interface Compiled {
  readonly file: CollectionFile
  readonly collection: Collection
}

type MakeWrite = (scope: Scope, key: readonly Value[], eventKey: string) => WriteOf<CollectionKind>

/** Compile one write of a contract that has passed its checks. */
export function compileWrite(spec: WriteSpec, compiled: Compiled): PlanWrite {
  const { forEach } = spec
  const inForEach = forEach !== undefined
  const keys = compiled.file.key.map((name) =>
    compileTakeAlways(spec.set[name] ?? '', columnOf(compiled.collection.table, name), inForEach)
  )
  const make = compileKind(spec, compiled)
  return (view, eventKey, draft) => {
    for (const scope of scopesOf(view, forEach)) {
      const key = keys.map((take) => take(scope))
      addWrite(draft, make(scope, key, eventKey))
    }
  }
}

function compileKind(spec: WriteSpec, compiled: Compiled): MakeWrite {
  if (spec.operation === 'append') return compileAppend(spec, compiled)
  if (spec.operation === 'add') return compileAdd(spec, compiled)
  return compileState(spec, spec.operation, compiled)
}

function compileState(
  spec: WriteSpec,
  operation: 'upsert' | 'merge' | 'delete',
  compiled: Compiled
): MakeWrite {
  const { file, collection } = compiled
  const { table } = collection
  const sources = [spec.version ?? []].flat()
  const version = compileVersion(sources, file.version?.type ?? 'STRING', !!spec.forEach)
  const takes = operation === 'delete' ? [] : compileColumns(spec, compiled)
  const wanted = operation === 'merge' ? 'present' : 'all'
  return (scope, key) => ({
    kind: 'state',
    table,
    operation,
    key,
    row: rowId(table, key),
    version: version(scope),
    values: takeRow(takes, scope, wanted)
  })
}

function compileAppend(spec: WriteSpec, compiled: Compiled): MakeWrite {
  const takes = compileColumns(spec, compiled)
  const { table } = compiled.collection
  return (scope, declared, eventKey) => {
    const key = [...declared, eventKey]
    return { kind: 'log', table, key, row: rowId(table, key), values: takeRow(takes, scope, 'all') }
  }
}

function compileAdd(spec: WriteSpec, { file, collection: { table } }: Compiled): MakeWrite {
  const takes = dataColumns(file).map(
    (name) => [name, takeFor(spec.amounts?.[name], columnOf(table, name), !!spec.forEach)] as const
  )
  return (scope, key) => ({
    kind: 'counter',
    table,
    key,
    row: rowId(table, key),
    amounts: Object.fromEntries(takes.map(([name, take]) => [name, String(take(scope) ?? '0')]))
  })
}

type ColumnTake = readonly [name: string, take: Take]

/** What the columns beside the key are set to; one that is not mapped is never present. */
function compileColumns(spec: WriteSpec, { file, collection }: Compiled): readonly ColumnTake[] {
  const inForEach = spec.forEach !== undefined
  return dataColumns(file).map((name) => {
    const column = columnOf(collection.table, name)
    const source = spec.set[name]
    if (!file.columns[name]?.required || source === undefined)
      return [name, takeFor(source, column, inForEach)]
    const always = compileTakeAlways(source, column, inForEach)
    return [name, spec.operation === 'merge' ? unlessAbsent(source, inForEach, always) : always]
  })
}

/** A merge may leave a required column as it is, but not clear it. */
function unlessAbsent(spec: SourceSpec, inForEach: boolean, take: Take): Take {
  const source = compileSource(spec, inForEach)
  return (scope) => (source.read(scope) === undefined ? undefined : take(scope))
}

function takeFor(source: SourceSpec | undefined, { type }: Column, inForEach: boolean): Take {
  return source === undefined ? () => undefined : compileTake(source, type, inForEach)
}

function takeRow(takes: readonly ColumnTake[], scope: Scope, wanted: 'all' | 'present'): Row {
  const row: Record<string, Value> = {}
  for (const [name, take] of takes) {
    const value = take(scope)
    if (value !== undefined) row[name] = value
    else if (wanted === 'all') row[name] = null
  }
  return row
}
