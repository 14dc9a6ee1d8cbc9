import type { ScalarType } from '../store/table.ts'
import { checkSource, type Target } from './check-source.ts'
import type { Report } from './fault.ts'
import { formatPointer } from './pointer.ts'
import type { CollectionFile, EventFile, VersionScalar, WriteSpec } from './schema-file.ts'

/** Prove that a write to `state` has a version of the type of its collection, and others none. */
export function checkVersion(
  file: EventFile,
  write: WriteSpec,
  { kind, version }: CollectionFile,
  report: Report
): void {
  if (version) checkSources(file, write, version.type, report)
  else if (write.version !== undefined) {
    report('/version', `means nothing for kind ${kind}, expected none`)
  }
}

function checkSources(
  file: EventFile,
  { version, forEach }: WriteSpec,
  type: VersionScalar | readonly VersionScalar[],
  report: Report
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

function shapeFault(
  version: WriteSpec['version'],
  type: VersionScalar | readonly VersionScalar[]
): string | undefined {
  const expected = typeof type === 'string' ? type : `a list of ${type.join(', ')}`
  if (version === undefined) return `member "version" is missing, expected ${expected}`
  const fits = Array.isArray(version) === Array.isArray(type)
  return fits && [version].flat().length === [type].flat().length
    ? undefined
    : `is not what the collection orders by, expected ${expected}`
}

function target(scalar: ScalarType = 'STRING'): Target {
  const length = scalar === 'STRING' ? ({ length: 'MAX' } as const) : {}
  return { label: 'the version', type: { scalar, array: false, ...length }, must: 'present' }
}
