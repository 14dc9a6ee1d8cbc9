import { deadLettersTable, ledgerTable } from '../store/managed-tables.ts'
import { formatPointer } from '../values/json-pointer.ts'
import type { Fault } from './fault.ts'
import type { CollectionFile, Parsed } from './schema-file.ts'

interface Named {
  readonly file: string
  readonly pointer: string
  readonly name: string
}

/** Find collisions between collections: tables and indexes share one namespace, paths another. */
export function checkNames(files: readonly Parsed<CollectionFile>[]): readonly Fault[] {
  return [...duplicateNames(files), ...pathCollisions(files)]
}

function duplicateNames(files: readonly Parsed<CollectionFile>[]): readonly Fault[] {
  const names = files.flatMap(({ path, value }) => [
    { file: path, pointer: '/name', name: value.name },
    ...(value.indexes ?? []).map(({ name }, at) => ({
      file: path,
      pointer: formatPointer('indexes', at, 'name'),
      name
    }))
  ])
  const taken = new Map(
    [ledgerTable, deadLettersTable].map(({ name }) => [name, 'Landfall itself'])
  )
  return names.flatMap((named) => {
    const owner = taken.get(named.name)
    taken.set(named.name, owner ?? named.file)
    return owner ? [collision(named, owner)] : []
  })
}

function collision({ file, pointer, name }: Named, owner: string): Fault {
  const message = `"${name}" is already used by ${owner}; choose a name that no other table or index has`
  return { file, pointer, message }
}

/** A key follows a path, so no path may continue another one. */
function pathCollisions(files: readonly Parsed<CollectionFile>[]): readonly Fault[] {
  const paths = files.flatMap(({ path, value }) =>
    value.read ? [{ file: path, pointer: '/read/path', name: value.read.path }] : []
  )
  return paths.flatMap((later, at) => {
    const other = paths
      .slice(0, at)
      .find(
        ({ name }) =>
          `${name}/`.startsWith(`${later.name}/`) || `${later.name}/`.startsWith(`${name}/`)
      )
    if (!other) return []
    const message = `"${later.name}" overlaps "${other.name}" of ${other.file}; choose a path that neither equals nor continues another`
    return [{ file: later.file, pointer: later.pointer, message }]
  })
}
