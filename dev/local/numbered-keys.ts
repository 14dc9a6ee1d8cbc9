import type { CollectionFile, EventFile, WriteSpec } from '../../src/contracts/schema-file.ts'
import type { Json } from '../../src/values/json.ts'
import { isObject } from '../../src/values/json.ts'
import { parsePointer } from '../../src/values/json-pointer.ts'

/** Pointers to what identifies a row: the last part of the key of each write. */
export function keyPointers(
  contracts: readonly EventFile[],
  collections: readonly CollectionFile[]
): readonly string[] {
  const writes = contracts.flatMap((contract) => contract.writes)
  const pointers = writes.flatMap((write) => {
    const collection = collections.find(({ name }) => name === write.collection)
    return collection ? keyPointer(write, collection) : []
  })
  return [...new Set(pointers)]
}

/** A date, a UUID or an element's own key has no room for a number. */
function keyPointer({ set }: WriteSpec, { key, columns }: CollectionFile): readonly string[] {
  const pointers = key.flatMap((column) => {
    const source = set[column]
    const isFit = /^(STRING|INT64)/.test(columns[column]?.type ?? '')
    return isFit && typeof source === 'string' && source.startsWith('/data/') ? [source] : []
  })
  return pointers.slice(-1)
}

/** Put a number into data at pointers of its event: `a` becomes `a-7`, and 100 becomes 107. */
export function withNumber(data: Json, pointers: readonly string[], number: number): Json {
  return pointers.reduce(
    (numbered, pointer) => replace(numbered, parsePointer(pointer).slice(1), number),
    data
  )
}

function replace(from: Json, [token, ...rest]: readonly string[], number: number): Json {
  if (token === undefined) return numbered(from, number)
  if (!isObject(from)) return from
  const inside = Object.hasOwn(from, token) ? from[token] : undefined
  return inside === undefined ? from : { ...from, [token]: replace(inside, rest, number) }
}

function numbered(value: Json, number: number): Json {
  if (typeof value === 'string') return `${value}-${number}`
  return typeof value === 'number' ? value + number : value
}
