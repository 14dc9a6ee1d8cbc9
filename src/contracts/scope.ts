import type { CloudEvent, Json } from '../delivery/event.ts'
import { Failure } from '../failures.ts'
import { formatPointer, parsePointer, resolve } from './pointer.ts'
import type { SourceSpec } from './schema-file.ts'

/** An event as the pointers of its contract see it. */
export interface View {
  readonly event: Pick<CloudEvent, 'data' | string>
  /** JSON Pointers of numbers whose text a double cannot hold exactly. */
  readonly inexact: ReadonlySet<string>
}

/** What the sources of one write see: the event, and within `forEach` the element. */
export interface Scope extends View {
  readonly each?: { readonly item: Json; readonly index: number; readonly pointer: string }
}

/** A value of the event, and where it stands. */
export interface Source {
  read(scope: Scope): Json | undefined
  pointer(scope: Scope): string
}

/** Compile a pointer or a constant. Within `forEach`, `/item` and `/index` are of the element. */
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

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
