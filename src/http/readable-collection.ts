import type { Collection, ReadSpec } from '../contracts/contracts.ts'

/** A collection that is read over HTTP. */
export interface ReadableCollection extends Collection {
  readonly read: ReadSpec
}

/** Tell whether a collection is read over HTTP. */
export function isReadable(collection: Collection): collection is ReadableCollection {
  return collection.read !== undefined
}
