import type { CloudEvent } from '../delivery/event.ts'
import { Failure } from '../failures.ts'
import type { ColumnType, ScalarType } from '../values/column-types.ts'
import { converterFor } from '../values/column-types.ts'
import { isList, type Json } from '../values/json.ts'
import { formatPointer, parsePointer, resolve } from '../values/json-pointer.ts'
import { refuseValue, type Value } from '../values/value.ts'
import type { SourceSpec, VersionScalar, VersionType } from './schema-file.ts'

/** An event as the pointers of its contract see it. */
export interface View {
  readonly event: Pick<CloudEvent, 'data' | string>
  /** JSON Pointers of numbers whose text a double cannot hold exactly. */
  readonly inexact: ReadonlySet<string>
}

/** The input of the sources of one write: the event, and within `forEach` the element. */
export interface Scope extends View {
  readonly each?: { readonly item: Json; readonly index: number; readonly pointer: string }
}

/** A value of the event, and where it stands. */
export interface Source {
  read(scope: Scope): Json | undefined
  pointer(scope: Scope): string
}

/** Compile a pointer or a constant. Within `forEach`, `/item` and `/index` refer to the element. */
export function compileSource(spec: SourceSpec, inForEach: boolean): Source {
  if (typeof spec !== 'string') return { read: () => spec.const, pointer: () => 'const' }
  const [first = '', ...rest] = parsePointer(spec)
  if (inForEach && first === 'index')
    return { read: ({ each }) => each?.index, pointer: () => spec }
  if (inForEach && first === 'item') {
    const suffix = formatPointer(...rest)
    return {
      read: ({ each }) => resolve(each?.item, rest),
      pointer: ({ each }) => `${each?.pointer}${suffix}`
    }
  }
  return {
    read: ({ event }) => resolve(Object.hasOwn(event, first) ? event[first] : undefined, rest),
    pointer: () => spec
  }
}

/** List the scopes of a write: one, or one per element of the array that `forEach` points to. */
export function* scopesOf(view: View, forEach: string | undefined): Generator<Scope> {
  if (forEach === undefined) {
    yield view
    return
  }
  const list = compileSource(forEach, false).read(view) ?? []
  if (!isList(list)) throw new Failure('DATA_INVALID', `${forEach}: must be array`)
  for (const [index, item] of list.entries()) {
    yield { ...view, each: { item, index, pointer: `${forEach}/${index}` } }
  }
}

/** Read the value of a column from an event; undefined where the event has none. */
export type ReadColumn = (scope: Scope) => Value | undefined

/**
 * Compile the source of a column.
 *
 * @throws {Failure} VALUE_INVALID for a constant that the column cannot hold
 */
export function compileColumn(spec: SourceSpec, type: ColumnType, inForEach: boolean): ReadColumn {
  const source = compileSource(spec, inForEach)
  const convert = converterFor(type)
  if (typeof spec !== 'string') {
    const constant = spec.const === null ? null : convert(spec.const, 'const', new Set())
    return () => constant
  }
  return (scope) => {
    const value = source.read(scope)
    return value === undefined || value === null
      ? value
      : convert(value, source.pointer(scope), scope.inexact)
  }
}

/**
 * Compile the source of a column that must have a value.
 *
 * @throws {Failure} VALUE_INVALID for a constant that the column cannot hold, or null
 */
export function compileRequired(
  spec: SourceSpec,
  { name, type }: { name: string; type: ColumnType },
  inForEach: boolean
): (scope: Scope) => Exclude<Value, null> {
  const read = compileColumn(spec, type, inForEach)
  const { pointer } = compileSource(spec, inForEach)
  return (scope) =>
    read(scope) ?? refuseValue(pointer(scope), `is absent or null, but ${name} must have a value`)
}

/** Digits of the largest INT64, so that padded text has the order of the numbers. */
const int64Digits = 19

/**
 * Compile the version of a write. Parts of a tuple are joined to text in which the order of
 * characters is the order of the tuples.
 *
 * @throws {Failure} VERSION_INVALID for a constant that is not a version
 */
export function compileVersion(
  specs: readonly SourceSpec[],
  type: VersionType,
  inForEach: boolean
): (scope: Scope) => Value {
  const isTuple = typeof type !== 'string'
  const parts = specs.map((spec, at) => {
    const scalar = (isTuple ? type[at] : type) ?? 'STRING'
    const read = compileRequired(spec, { name: 'the version', type: plain(scalar) }, inForEach)
    const { pointer } = compileSource(spec, inForEach)
    return (scope: Scope) => {
      const value = String(read(scope))
      return isTuple ? pad(value, scalar, pointer(scope)) : value
    }
  })
  return asVersion((scope) => parts.map((part) => part(scope)).join('.'))
}

function asVersion(read: (scope: Scope) => string): (scope: Scope) => string {
  return (scope) => {
    try {
      return read(scope)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      throw new Failure('VERSION_INVALID', error.message, { cause: error })
    }
  }
}

function pad(value: string, scalar: ScalarType, pointer: string): string {
  if (scalar !== 'INT64') return value
  return value.startsWith('-')
    ? refuseValue(pointer, 'is negative, which a version of several parts cannot order')
    : value.padStart(int64Digits, '0')
}

function plain(scalar: VersionScalar): ColumnType {
  return { scalar, array: false, ...(scalar === 'STRING' && { length: 'MAX' as const }) }
}
