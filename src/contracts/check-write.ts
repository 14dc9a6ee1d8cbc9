import { columnOf } from '../store/table.ts'
import type { ScalarType } from '../values/column-types.ts'
import { formatPointer } from '../values/json-pointer.ts'
import { checkExists, checkSource, misfit, type Target } from './check-source.ts'
import type { Collection } from './contracts.ts'
import type { ReportFault } from './fault.ts'
import { kindRules, operationRules } from './kinds.ts'
import { locateSource } from './locate-source.ts'
import type { EventFile, SourceSpec, VersionType, WriteSpec } from './schema-file.ts'

/** Prove one write of a contract against the collection it writes to. */
export function checkWrite(
  file: EventFile,
  write: WriteSpec,
  collection: Collection,
  report: ReportFault
): void {
  const { kind } = collection
  const { operations } = kindRules[kind]
  if (!operations.includes(write.operation)) {
    report(
      '/operation',
      `"${write.operation}" is not allowed for kind ${kind}; expected one of ${operations.join(', ')}`
    )
    return
  }
  // Every /item depends on `forEach`, so without it there is nothing more to check.
  const fault = checkForEach(file, write)
  if (fault) {
    report('/forEach', fault)
    return
  }
  checkVersionSource(file, write, collection, report)
  checkColumnNames(write, collection, report)
  checkMissing(write, collection, report)
  checkColumnSources(file, write, collection, report)
}

function checkForEach(file: EventFile, { forEach }: WriteSpec): string | undefined {
  if (forEach === undefined) return undefined
  if (!/^\/(data|attributes)(\/|$)/.test(forEach)) {
    return `"${forEach}" is not in the data; expected a pointer to an array such as /data/lines`
  }
  const place = locateSource(file, forEach, undefined)
  if (typeof place === 'string') return place
  const fault = misfit(place.location, ['array'])
  return checkExists(forEach, place.location) ?? (fault && `"${forEach}" ${fault}`)
}

/** List the columns that each member of a write may name. */
function settable({ operation }: WriteSpec, { key, columns, dataColumns }: Collection) {
  const { sets, adds } = operationRules[operation]
  return { set: sets === 'key' ? key : columns, amounts: adds ? dataColumns : [] }
}

function checkColumnNames(write: WriteSpec, collection: Collection, report: ReportFault): void {
  const { set, amounts } = settable(write, collection)
  reportUnknown('set', write.set, set, report)
  if (operationRules[write.operation].adds) {
    reportUnknown('amounts', write.amounts ?? {}, amounts, report)
    if (!write.amounts) report('', 'member "amounts" is missing; name what to add')
  } else if (write.amounts) {
    report('/amounts', `is not allowed for operation ${write.operation}`)
  }
}

function reportUnknown(
  member: 'set' | 'amounts',
  sources: object,
  expected: readonly string[],
  report: ReportFault
): void {
  for (const name of Object.keys(sources)) {
    if (expected.includes(name)) continue
    const names = expected.length > 0 ? `one of ${expected.join(', ')}` : 'none'
    report(formatPointer(member, name), `this operation cannot set "${name}"; expected ${names}`)
  }
}

function checkMissing(
  { set, operation }: WriteSpec,
  { columns, key, required }: Collection,
  report: ReportFault
): void {
  const whole = operationRules[operation].sets === 'row'
  for (const name of columns) {
    const isKey = key.includes(name)
    if (Object.hasOwn(set, name) || !(isKey || (whole && required.includes(name)))) continue
    report('/set', `"${name}" is not set, but it is ${isKey ? 'part of the key' : 'required'}`)
  }
}

function checkColumnSources(
  file: EventFile,
  write: WriteSpec,
  collection: Collection,
  report: ReportFault
): void {
  const names = settable(write, collection)
  for (const member of ['set', 'amounts'] as const) {
    for (const [name, source] of Object.entries<SourceSpec>(write[member] ?? {})) {
      if (!names[member].includes(name)) continue
      const fault = checkSource(file, source, write.forEach, targetOf(write, collection, name))
      if (fault) report(formatPointer(member, name), fault)
    }
  }
}

function targetOf({ operation }: WriteSpec, collection: Collection, name: string): Target {
  const { type } = columnOf(collection.table, name)
  const isKey = collection.key.includes(name)
  const required = collection.required.includes(name)
  // A merge leaves out absent values, but may not clear a required column.
  const mayBeAbsent = operationRules[operation].sets === 'changes'
  const must = isKey || (required && !mayBeAbsent) ? 'present' : required && 'not-null'
  const label = `${isKey ? 'key column' : 'column'} "${name}"`
  return { label, type, ...(must && { must }) }
}

/** Prove that a write has a version of the type of its collection, or none where it has none. */
function checkVersionSource(
  file: EventFile,
  write: WriteSpec,
  { kind, version }: Collection,
  report: ReportFault
): void {
  if (version) checkVersionParts(file, write, version, report)
  else if (write.version !== undefined) {
    report('/version', `is not allowed for kind ${kind}`)
  }
}

function checkVersionParts(
  file: EventFile,
  { version, forEach }: WriteSpec,
  type: VersionType,
  report: ReportFault
): void {
  const fault = shapeFault(version, type)
  if (fault) {
    report(version === undefined ? '' : '/version', fault)
    return
  }
  const types = [type].flat()
  for (const [at, source] of [version ?? []].flat().entries()) {
    const problem = checkSource(file, source, forEach, target(types[at]))
    if (problem)
      report(typeof type === 'string' ? '/version' : formatPointer('version', at), problem)
  }
}

function shapeFault(version: WriteSpec['version'], type: VersionType): string | undefined {
  const expected = typeof type === 'string' ? type : `a list of ${type.join(', ')}`
  if (version === undefined) return `member "version" is missing; expected ${expected}`
  const fits = Array.isArray(version) === Array.isArray(type)
  return fits && [version].flat().length === [type].flat().length
    ? undefined
    : `does not match the version of the collection; expected ${expected}`
}

function target(scalar: ScalarType = 'STRING'): Target {
  const length = scalar === 'STRING' ? ({ length: 'MAX' } as const) : {}
  return { label: 'the version', type: { scalar, array: false, ...length }, must: 'present' }
}
