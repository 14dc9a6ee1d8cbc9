import { readFileSync } from 'node:fs'
import { type Document, parseAllDocuments } from 'yaml'

/** One document of a manifest. */
export interface Manifest {
  readonly file: string
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** The whole document, as it was written. */
  readonly doc: unknown
}

export const files = [
  'service.yaml',
  'eventarc.yaml',
  'deploy/foundation.yaml',
  'deploy/edge.yaml',
  'deploy/kubernetes.yaml'
] as const

/** Parse the documents of a file; each has its own errors. */
export function parseDocuments(file: string): readonly Document[] {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'))
  if (!Array.isArray(documents)) throw new Error(`${file} is empty`)
  return documents.filter((document) => document.toJS() !== null)
}

/** Read the documents of some files, or of all. */
export function readManifests(...from: readonly string[]): readonly Manifest[] {
  return (from.length > 0 ? from : files).flatMap((file) =>
    parseDocuments(file).map((document) => {
      const doc: unknown = document.toJS()
      const [apiVersion, kind] = [textAt(doc, 'apiVersion'), textAt(doc, 'kind')]
      return { file, apiVersion, kind, name: textAt(doc, 'metadata.name'), doc }
    })
  )
}

export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind)
}

/** @throws {Error} unless there is exactly one */
export function named(manifests: readonly Manifest[], kind: string, name: string): unknown {
  const [found, second] = ofKind(manifests, kind).filter((manifest) => manifest.name === name)
  if (!found || second) throw new Error(`expected one ${kind} ${name}`)
  return found.doc
}

/** The value at a path such as `spec.template.spec.containers.0`; undefined when there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => own(inner, key), value)
}

/** For keys with dots in them, such as those of annotations. */
export function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}

/** @throws {Error} unless there is a string */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path)
  if (typeof found !== 'string') throw new Error(`no text at ${path}`)
  return found
}

/** @throws {Error} unless there is a number */
export function numberAt(value: unknown, path: string): number {
  const found = at(value, path)
  if (typeof found !== 'number') throw new Error(`no number at ${path}`)
  return found
}

/** The elements of the list at a path; none when there is no list. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path)
  return Array.isArray(found) ? found : []
}

/** Every value inside a value, with its key. */
export function* inside(value: unknown): Generator<readonly [key: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield [key, inner]
    yield* inside(inner)
  }
}

/** Every string inside some manifests. */
export function texts(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .flatMap(({ doc }) => [...inside(doc)])
    .flatMap(([, value]) => (typeof value === 'string' ? [value] : []))
}

/** The environment of a container as the process gets it. */
export function environmentOf(container: unknown): Readonly<Record<string, string>> {
  const entries = listAt(container, 'env').map((variable) => [
    textAt(variable, 'name'),
    textAt(variable, 'value')
  ])
  return Object.fromEntries(entries)
}
