import { isUtf8 } from 'node:buffer'
import { parse } from 'secure-json-parse'
import { Failure } from '../failures.ts'
import { type Exactness, exactnessOf } from './exact-numbers.ts'
import type { Json } from './json.ts'
import { formatPointer } from './json-pointer.ts'
import { scanJson } from './json-scan.ts'
import { limits } from './limits.ts'

/** Pointers to inexact numbers grow with the keys above them, so their sum is bounded. */
const MAX_POINTER_CHARACTERS = 16 * 1024 * 1024
const POINTER_SHOWN = 200

export interface ParsedJson {
  readonly value: Json
  /** JSON Pointers, below `at`, of numbers whose text a double cannot represent exactly. */
  readonly inexact: ReadonlySet<string>
}

/**
 * Parse UTF-8 JSON from a sender who is not trusted. A byte order mark is accepted; of repeated keys
 * the last one counts. Nothing here recurses deeper than `maxDepth`.
 *
 * @param at JSON Pointer of this value in the event, for messages and `inexact`
 * @throws {Failure} JSON_INVALID, JSON_TOO_DEEP, JSON_KEY_FORBIDDEN, EVENT_TOO_LARGE
 * @throws {Failure} NUMBER_INEXACT for an integer beyond ±(2^53-1) or a number that is not finite
 */
export function parseJson(
  input: Uint8Array,
  maxDepth: number = limits.jsonDepth.ours,
  at = ''
): ParsedJson {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  if (!isUtf8(bytes)) throw new Failure('JSON_INVALID', `${place(at)} is not UTF-8`)
  let doubtful = false
  const depth = scanJson(bytes, {
    number(start, end) {
      doubtful ||= mayBeInexact(bytes, start, end)
    }
  })
  if (depth > maxDepth) {
    throw new Failure('JSON_TOO_DEEP', `${place(at)} is nested deeper than ${maxDepth} levels`)
  }
  const text = bytes.toString()
  return doubtful ? parseCarefully(text, at) : { value: parseSafely(text, at), inexact: new Set() }
}

/** Fifteen digits always survive a double, so most numbers are settled by their length. */
function mayBeInexact(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 16 && !hasExponent(bytes, start, end)) return false
  return exactnessOf(bytes.toString('latin1', start, end)) !== 'exact'
}

function hasExponent(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    // 0x20 turns E into e.
    if (((bytes[at] ?? 0) | 0x20) === 0x65) return true
  }
  return false
}

type Reviver = (this: object, key: string, value: Json, context?: { source?: string }) => Json

function parseSafely(text: string, at: string, reviver?: Reviver): Json {
  try {
    return parse(text, reviver, { protoAction: 'error', constructorAction: 'error' })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    if (error.message.includes('forbidden prototype')) {
      throw new Failure('JSON_KEY_FORBIDDEN', `${place(at)} has a key that reaches for a prototype`)
    }
    // The parser's own message quotes the text, so only the position is kept.
    const position = / at position (\d+)/.exec(error.message)?.[1]
    throw new Failure(
      'JSON_INVALID',
      `${place(at)} is not JSON${position ? `: see character ${position}` : ''}`
    )
  }
}

/** Parse again what has a doubtful number, looking at the source text of each number that counts. */
function parseCarefully(text: string, at: string): ParsedJson {
  const doubts = new Map<object, Map<string, Exactness>>()
  const root = { value: parseSafely(text, at, note) }
  function note(this: object, key: string, value: Json, context?: { source?: string }): Json {
    if (typeof value !== 'number' || context?.source === undefined) return value
    const exactness = exactnessOf(context.source)
    if (exactness === 'exact') return value
    const keys = doubts.get(this) ?? new Map<string, Exactness>()
    doubts.set(this, keys.set(key, exactness))
    return value
  }
  if (typeof root.value === 'number') return settleNumber(text, root.value, at)
  const inexact = new Set<string>()
  collect(root.value, at, doubts, { add: bounded(inexact) })
  return { value: root.value, inexact }
}

function settleNumber(text: string, value: number, at: string): ParsedJson {
  const exactness = exactnessOf(text.replace(/^\uFEFF/, '').trim())
  if (exactness === 'lost') throw lost(at)
  return { value, inexact: new Set(exactness === 'exact' ? [] : [at]) }
}

/** Recursion is safe here: the depth was bounded before. */
function collect(
  value: Json,
  at: string,
  doubts: ReadonlyMap<object, ReadonlyMap<string, Exactness>>,
  found: { add(pointer: string): void }
): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, exactness] of doubts.get(value) ?? []) {
    const pointer = at + formatPointer(key)
    if (exactness === 'lost') throw lost(pointer)
    found.add(pointer)
  }
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'object') collect(member, at + formatPointer(key), doubts, found)
  }
}

function bounded(pointers: Set<string>): (pointer: string) => void {
  let characters = 0
  return (pointer) => {
    characters += pointer.length
    if (characters > MAX_POINTER_CHARACTERS) {
      throw new Failure('NUMBER_INEXACT', 'too many numbers have more digits than a double holds')
    }
    pointers.add(pointer)
  }
}

function lost(pointer: string): Failure {
  return new Failure('NUMBER_INEXACT', `the number at ${place(pointer)} would be rounded`)
}

/** A pointer as a message shows it: bounded, and without half characters that no store takes. */
function place(pointer: string): string {
  if (pointer === '') return 'the JSON text'
  return pointer.length > POINTER_SHOWN
    ? `${pointer.slice(0, POINTER_SHOWN).toWellFormed()}…`
    : pointer.toWellFormed()
}
