import type { Collection, ReadSpec } from '../contracts/contracts.ts'

/** A collection that is read over HTTP. */
export interface Readable extends Collection {
  readonly read: ReadSpec
}

/** Tell whether a collection is read over HTTP. */
export function isReadable(collection: Collection): collection is Readable {
  return collection.read !== undefined
}
