import { isFailure } from '../failures.ts'
import { type ColumnType, columnTypes, converterFor, formatType } from '../values/column-types.ts'
import type { JsonType } from '../values/json.ts'
import { anyType } from './json-types.ts'
import { locateSource, type Place } from './locate-source.ts'
import type { EventFile, SourceSpec } from './schema-file.ts'
import type { SchemaLocation } from './schema-location.ts'

/** The target that a source must fit. */
export interface Target {
  /** Its name in messages, such as `column "price"`. */
  readonly label: string
  readonly type: ColumnType
  /** Why there must always be a value; undefined when there may be none. */
  readonly must?: 'present' | 'not-null' | undefined
}

/** Prove that a source fits its target whenever the data is valid; or return what is wrong. */
export function checkSource(
  file: EventFile,
  spec: SourceSpec,
  forEach: string | undefined,
  target: Target
): string | undefined {
  if (typeof spec !== 'string') return checkConstant(spec.const, target)
  const place = locateSource(file, spec, forEach)
  if (typeof place === 'string') return place
  const { location } = place
  return (
    checkExists(spec, location) ??
    checkPresence(spec, place, target) ??
    checkJsonTypes(spec, place, target)
  )
}

/** Return what is wrong when valid data cannot have a value at the pointer. */
export function checkExists(
  pointer: string,
  { state, declared }: SchemaLocation
): string | undefined {
  if (state === 'known' || state === 'open') return undefined
  const hint =
    declared.length > 0 ? `expected one of ${declared.join(', ')}` : 'valid data has no value there'
  return `"${pointer}" is not in the data schema; ${hint}`
}

function checkConstant(value: unknown, { type, label, must }: Target): string | undefined {
  if (value === null) return must ? `const is null, but ${label} must have a value` : undefined
  try {
    converterFor(type)(JSON.parse(JSON.stringify(value)), 'const', new Set())
    return undefined
  } catch (error) {
    if (!isFailure(error)) throw error
    return `${error.message}; expected a value for ${label} of type ${formatType(type)}`
  }
}

function checkPresence(
  pointer: string,
  { location, optionalAttribute }: Place,
  { must, label }: Target
): string | undefined {
  if (!must) return undefined
  if (must === 'present' && !location.always && !optionalAttribute) {
    return `"${pointer}" may be absent, but ${label} must have a value; make it required along its whole path`
  }
  return location.types.has('null') && !optionalAttribute
    ? `"${pointer}" may be null, but ${label} must have a value; declare a type without null`
    : undefined
}

function checkJsonTypes(
  pointer: string,
  place: Place,
  { type, label }: Target
): string | undefined {
  const { accepts } = columnTypes[type.scalar]
  const fault = misfit(place.location, type.array ? ['array'] : accepts)
  if (fault) return `"${pointer}" ${fault} for ${label} of type ${formatType(type)}`
  if (!type.array) return undefined
  const inner = misfit(place.element(), accepts)
  return inner && `the elements of "${pointer}" ${inner} for ${label} of type ${formatType(type)}`
}

/** Return which types do not fit. Without a declared type, the value is checked when it arrives. */
export function misfit(
  { types, state }: SchemaLocation,
  expected: readonly JsonType[]
): string | undefined {
  if (state !== 'known' || types.size === anyType.size) return undefined
  const wrong = [...types].filter((type) => type !== 'null' && !expected.includes(type))
  return wrong.length > 0
    ? `may be ${wrong.join(' or ')}; expected ${expected.join(' or ')}`
    : undefined
}
