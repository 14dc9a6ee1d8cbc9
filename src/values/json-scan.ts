import { randomInt } from 'node:crypto'
import { Failure } from '../failures.ts'
import { jsonBounds } from './limits.ts'

/** Neither Pub/Sub nor Eventarc sends batches; beyond this, one request would fill the queue alone. */
export const MAX_BATCH_EVENTS = 10_000

const [OTHER, OPEN, CLOSE, COMMA, QUOTE, NUMBER, LITERAL] = [0, 1, 2, 3, 4, 5, 6] as const

const kinds = new Uint8Array(256).fill(OTHER)
const mark = (characters: string, kind: number) => {
  for (const byte of Buffer.from(characters)) kinds[byte] = kind
}
mark('{[', OPEN)
mark('}]', CLOSE)
mark(',', COMMA)
mark('"', QUOTE)
mark('-0123456789', NUMBER)
// The letters that null, true and false begin with, none of which occurs within them.
mark('ntf', LITERAL)

const inNumber = new Uint8Array(256)
for (const byte of Buffer.from('+-.0123456789eE')) inNumber[byte] = 1

const BACKSLASH = 0x5c
const COLON = 0x3a
const BOM = Buffer.from('\uFEFF')

/** What visits the parts of JSON text, all of them outside of strings. */
export interface JsonVisitor {
  /** A bracket or comma; `depth` counts a bracket itself. */
  punctuation?(at: number, depth: number): void
  /** A number: the bytes from `start` to before `end`. */
  number?(start: number, end: number): void
  /** The key of a member: the bytes from `start` to before `end`, its quotes among them. */
  key?(start: number, end: number): void
}

/**
 * Walk over JSON text without building or recursing, and return how deep it is nested: `1` is 0,
 * `[]` is 1. Of text that is not JSON the answer means nothing, but it always comes, in linear time.
 *
 * @throws {Failure} EVENT_TOO_LARGE beyond a bound of `jsonBounds`
 */
export function scanJson(bytes: Uint8Array, visitor: JsonVisitor): number {
  const count = bytes.length < leastBound ? uncounted : createCount()
  let [depth, deepest, at] = [0, 0, 0]
  while (at < bytes.length) {
    const start = at++
    const kind = kinds[bytes[start] ?? 0]
    if (kind === OTHER) continue
    // JSON is one value: after it, nothing needs to be counted for the parser to refuse.
    if (depth <= 0 && count.any && kind !== COMMA) return deepest
    switch (kind) {
      case QUOTE:
        at = scanString(bytes, start, count, visitor)
        break
      case NUMBER:
        at = afterNumber(bytes, start)
        count.value()
        visitor.number?.(start, at)
        break
      case LITERAL:
        count.value()
        break
      case OPEN:
        count.container()
        deepest = Math.max(deepest, ++depth)
        visitor.punctuation?.(start, depth)
        break
      case CLOSE:
        visitor.punctuation?.(start, depth)
        depth--
        break
      case COMMA:
        visitor.punctuation?.(start, depth)
        break
    }
  }
  return deepest
}

function scanString(bytes: Uint8Array, start: number, count: Count, visitor: JsonVisitor): number {
  const end = afterString(bytes, start)
  if (isKey(bytes, end)) {
    count.key(bytes, start, end)
    visitor.key?.(start, end)
  } else count.value()
  return end
}

type Count = Omit<ReturnType<typeof createCount>, 'any'> & { readonly any: boolean }

/** Each part takes a byte at least, so a text of fewer bytes is within every bound. */
const leastBound = Math.min(jsonBounds.values, jsonBounds.containers, jsonBounds.keys)
const nothing = () => undefined
const uncounted: Count = { any: false, value: nothing, container: nothing, key: nothing }

function createCount() {
  let [values, containers] = [0, 0]
  const keys = new Set<number>()
  return {
    get any() {
      return values > 0 || containers > 0
    },
    value() {
      if (++values > jsonBounds.values) throw tooMany(jsonBounds.values, 'values')
    },
    container() {
      if (++containers > jsonBounds.containers) {
        throw tooMany(jsonBounds.containers, 'objects and arrays')
      }
    },
    key(bytes: Uint8Array, start: number, end: number) {
      keys.add(hashOf(bytes, start, end))
      if (keys.size > jsonBounds.keys) throw tooMany(jsonBounds.keys, 'different keys')
    }
  }
}

const tooMany = (bound: number, what: string) =>
  new Failure('EVENT_TOO_LARGE', `the JSON has more than ${bound} ${what}`)

function isKey(bytes: Uint8Array, end: number): boolean {
  let at = end
  while (isSpace(bytes[at])) at++
  return bytes[at] === COLON
}

/** Unknown to senders, who could otherwise prepare many keys with one hash. */
const hashStart = randomInt(2 ** 32)

/** FNV-1a, 32 bits: a few keys with the hash of another are as good as one key fewer. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = hashStart
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash
}

function afterString(bytes: Uint8Array, start: number): number {
  let end = start
  do {
    end = bytes.indexOf(0x22, end + 1)
    if (end < 0) return bytes.length
  } while (isEscaped(bytes, start, end))
  return end + 1
}

function isEscaped(bytes: Uint8Array, start: number, at: number): boolean {
  let before = at - 1
  while (before > start && bytes[before] === BACKSLASH) before--
  return (at - 1 - before) % 2 === 1
}

function afterNumber(bytes: Uint8Array, start: number): number {
  let end = start + 1
  while (inNumber[bytes[end] ?? 0]) end++
  return end
}

/**
 * Cut the text of a JSON array into the texts of its elements, without parsing them: each is a view
 * of its own bytes, and may turn out not to be JSON.
 *
 * @throws {Failure} JSON_INVALID when this is not one array, or an element is missing
 * @throws {Failure} EVENT_TOO_LARGE beyond `MAX_BATCH_EVENTS` elements
 */
export function splitArray(bytes: Buffer): readonly Buffer[] {
  const marks: number[] = []
  scanJson(bytes, {
    punctuation(at, depth) {
      if (depth > 1) return
      marks.push(at)
      if (marks.length > MAX_BATCH_EVENTS + 1) {
        throw new Failure('EVENT_TOO_LARGE', `the batch has more than ${MAX_BATCH_EVENTS} events`)
      }
    }
  })
  if (!isOneArray(bytes, marks)) throw new Failure('JSON_INVALID', 'the batch is not a JSON array')
  const elements = marks.slice(1).map((end, index) => trim(bytes, (marks[index] ?? 0) + 1, end))
  if (elements.length === 1 && elements[0]?.length === 0) return []
  if (elements.some((element) => element.length === 0)) {
    throw new Failure('JSON_INVALID', 'the batch has an empty place between two commas')
  }
  return elements
}

/** The marks at depth 1 or less must be `[`, commas and `]`, with nothing but space around them. */
function isOneArray(bytes: Buffer, marks: readonly number[]): boolean {
  const start = bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0
  const first = marks[0] ?? -1
  const last = marks.at(-1) ?? -1
  return (
    Buffer.from(marks.map((at) => bytes[at] ?? 0))
      .toString()
      .match(/^\[,*\]$/) !== null &&
    trim(bytes, start, first).length === 0 &&
    trim(bytes, last + 1, bytes.length).length === 0
  )
}

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function trim(bytes: Buffer, from: number, to: number): Buffer {
  let start = from
  let end = to
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}
