import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { IForbiddenRuleType, IModule } from 'dependency-cruiser'

/**
 * A folder of code, as its README describes it: title, one sentence of purpose, and its imports.
 */
export interface Room {
  readonly folder: string
  readonly purpose: string
  /** Rooms and files, from `src` on; `dev/…` for those of the workshop. */
  readonly imports: readonly string[]
}

/** Read the README of every folder with code. @throws {Error} naming what a README lacks */
export function readRooms(): readonly Room[] {
  const folders = new Set(globSync(['src/*/**/*.ts', 'dev/**/*.ts']).map((file) => dirname(file)))
  return [...folders].sort().map(readRoom)
}

function readRoom(folder: string): Room {
  const file = `${folder}/README.md`
  if (!existsSync(file)) throw new Error(`${file} is missing`)
  const [title, purpose, imports, ...rest] = readFileSync(file, 'utf8').trim().split('\n\n')
  if (title !== `# ${folder.replace(/^src\//, '')}` || !purpose || rest.length > 0) {
    throw new Error(`${file}: expected a title, one paragraph of purpose and a line of imports`)
  }
  if (!imports?.startsWith('Imports: ')) throw new Error(`${file}: there is no line "Imports: …"`)
  return {
    folder,
    purpose,
    imports: [...imports.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  }
}

/** A room may import its own files and what its README names; a room that says "Pure" does no I/O. */
export function roomRules(rooms: readonly Room[]): readonly IForbiddenRuleType[] {
  return rooms.flatMap((room) => [
    importRule(room),
    ...(/\bPure\b/.test(room.purpose) ? [pureRule(room)] : [])
  ])
}

function importRule({ folder, purpose, imports }: Room): IForbiddenRuleType {
  return {
    name: `${folder}-imports-what-its-readme-says`,
    comment: purpose,
    severity: 'error',
    from: { path: ownFiles(folder) },
    to: { path: '^(src|dev)/', pathNot: [folder, ...imports.map(placeOf)].map(ownFiles) }
  }
}

function pureRule({ folder, purpose }: Room): IForbiddenRuleType {
  return {
    name: `${folder}-does-no-io`,
    comment: purpose,
    severity: 'error',
    from: { path: ownFiles(folder) },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto|util)$' }
  }
}

/** List what a README names and no file of the room imports. */
export function staleImports(
  rooms: readonly Room[],
  modules: readonly IModule[]
): readonly string[] {
  return rooms.flatMap(({ folder, imports }) => {
    const imported = modules
      .filter(({ source }) => new RegExp(ownFiles(folder)).test(source))
      .flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved))
    return imports
      .filter((name) => !imported.some((file) => new RegExp(ownFiles(placeOf(name))).test(file)))
      .map((name) => `${folder}/README.md names ${name}, which no file there imports`)
  })
}

const placeOf = (name: string) => (name.startsWith('dev/') ? name : `src/${name}`)

/** A file, or the files of a folder without those of its subfolders. */
function ownFiles(place: string): string {
  const path = place.replaceAll('.', '\\.')
  return place.endsWith('.ts') ? `^${path}$` : `^${path}/[^/]+\\.ts$`
}

/**
 * List the rooms that import each other, directly or through others. A folder and its own subfolders
 * are one house: the folder puts them together, and they use what it shares.
 */
export function roomCircles(rooms: readonly Room[]): readonly string[] {
  const importsOf = new Map(
    rooms.map(({ folder, imports }) => [
      folder,
      imports.map(placeOf).filter((other) => !isWithin(folder, other) && !isWithin(other, folder))
    ])
  )
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (importsOf.get(from) ?? []).some((next) => {
      if (next === to) return true
      if (seen.has(next)) return false
      seen.add(next)
      return reaches(next, to, seen)
    })
  return rooms
    .filter(({ folder }) => reaches(folder, folder))
    .map(({ folder }) => `${folder}/README.md: its imports lead back to ${folder}`)
}

const isWithin = (folder: string, other: string) => other.startsWith(`${folder}/`)
