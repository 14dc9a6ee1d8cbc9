import { isUtf8 } from 'node:buffer'
import { Failure } from '../failures.ts'
import { type Exactness, exactnessOf } from './exact-numbers.ts'
import { findMember, isList, isObject, type Json, type JsonObject } from './json.ts'
import { formatPointer } from './json-pointer.ts'
import { scanJson } from './json-scan.ts'
import { jsonBounds, limits } from './limits.ts'

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
  const doubts = createDoubts(bytes)
  let suspect = false
  const depth = scanJson(bytes, {
    number: doubts.number,
    key(start, end) {
      suspect ||= mayReachForPrototype(bytes, start, end)
    }
  })
  if (depth > maxDepth) {
    throw new Failure('JSON_TOO_DEEP', `${place(at)} is nested deeper than ${maxDepth} levels`)
  }
  const value = parseText(bytes, doubts.found, at)
  if (suspect) refusePrototypes(value, at)
  return doubts.found.length === 0
    ? { value, inexact: new Set() }
    : restore(value, doubts.found, at)
}

/** A number that a double does not represent exactly, and where its text is. */
interface Doubt {
  readonly start: number
  readonly end: number
  readonly value: number
  readonly exactness: Exclude<Exactness, 'exact'>
}

function createDoubts(bytes: Buffer) {
  const found: Doubt[] = []
  let long = 0

  function number(start: number, end: number): void {
    if (isShort(bytes, start, end)) return
    const text = bytes.toString('latin1', start, end)
    const value = Number(text)
    if (isAsPrinted(text, value)) return
    if (++long > jsonBounds.longNumbers) {
      const detail = `the JSON has more than ${jsonBounds.longNumbers} numbers of more digits than a double holds`
      throw new Failure('EVENT_TOO_LARGE', detail)
    }
    const exactness = exactnessOf(text)
    // What is not a number of JSON is left for the parser to refuse.
    if (exactness !== 'exact' && jsonNumber.test(text)) found.push({ start, end, value, exactness })
  }
  return { found, number }
}

/** Report whether a double prints like this: what most senders print is the shortest text, too. */
function isAsPrinted(text: string, value: number): boolean {
  return String(value) === text && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Fifteen significant digits always survive a double that is neither tiny nor huge, so most numbers
 * are settled without making text of them.
 */
function isShort(bytes: Buffer, start: number, end: number): boolean {
  const mantissaEnd = findExponent(bytes, start, end)
  if (mantissaEnd === end && end - start < 16) return true
  const exponent = mantissaEnd < end ? Number(bytes.toString('latin1', mantissaEnd + 1, end)) : 0
  const point = bytes.subarray(start, mantissaEnd).indexOf(0x2e)
  const whole = point < 0 ? mantissaEnd - start : point
  return (
    end - start < 250 &&
    exponent > -250 &&
    whole + exponent < 16 &&
    countSignificant(bytes, start, mantissaEnd) < 16
  )
}

function findExponent(bytes: Buffer, start: number, end: number): number {
  let at = start
  // 0x20 turns E into e.
  while (at < end && ((bytes[at] ?? 0) | 0x20) !== 0x65) at++
  return at
}

function countSignificant(bytes: Buffer, start: number, end: number): number {
  let count = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte > 0x30 || (byte === 0x30 && count > 0)) count++
  }
  return count
}

/**
 * In the text that is parsed, a number in doubt is replaced by an integer that names it. No other
 * number of the result can be one of these, because an integer beyond 2^53 is always in doubt itself.
 */
const firstMark = 2 ** 53
const markOf = (index: number) => firstMark + 2 * index
const indexOf = (value: number) => (value - firstMark) / 2

function parseText(bytes: Buffer, doubts: readonly Doubt[], at: string): Json {
  const parsed = tryToParse(textOf(doubts.length === 0 ? bytes : withMarks(bytes, doubts)))
  if (!(parsed instanceof SyntaxError)) return parsed.value
  const error = doubts.length === 0 ? parsed : tryToParse(textOf(bytes))
  // The parser's own message quotes the text, so only the position is kept.
  const message = error instanceof SyntaxError ? error.message : ''
  const position = / at position (\d+)/.exec(message)?.[1]
  const where = position ? `: see character ${position}` : ''
  throw new Failure('JSON_INVALID', `${place(at)} is not JSON${where}`)
}

const textOf = (bytes: Buffer) => bytes.toString().replace(/^\uFEFF/, '')

function tryToParse(text: string): { readonly value: Json } | SyntaxError {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (error instanceof SyntaxError) return error
    throw error
  }
}

function withMarks(bytes: Buffer, doubts: readonly Doubt[]): Buffer {
  const parts: Buffer[] = []
  let copied = 0
  for (const [index, { start, end }] of doubts.entries()) {
    parts.push(bytes.subarray(copied, start), Buffer.from(String(markOf(index))))
    copied = end
  }
  return Buffer.concat([...parts, bytes.subarray(copied)])
}

/** Put the numbers back where their marks are. Recursion is safe: the depth was bounded before. */
function restore(value: Json, doubts: readonly Doubt[], at: string): ParsedJson {
  const inexact = new Set<string>()
  const path: (string | number)[] = []
  let characters = 0

  function settle(mark: number): number {
    const pointer = at + formatPointer(...path)
    const doubt = doubts[indexOf(mark)]
    if (!doubt || doubt.exactness === 'lost') {
      throw new Failure('NUMBER_INEXACT', `the number at ${place(pointer)} would be rounded`)
    }
    characters += pointer.length
    if (characters > MAX_POINTER_CHARACTERS) {
      throw new Failure('NUMBER_INEXACT', 'too many numbers have more digits than a double holds')
    }
    inexact.add(pointer)
    return doubt.value
  }

  function visit(owner: JsonObject | readonly Json[]): void {
    findMember(owner, (member, key) => {
      path.push(key)
      if (isObject(member) || isList(member)) visit(member)
      // The value was parsed here, and nothing else has it yet.
      else if (isMark(member)) Reflect.set(owner, key, settle(member))
      path.pop()
    })
  }

  if (isMark(value)) return { value: settle(value), inexact }
  if (isObject(value) || isList(value)) visit(value)
  return { value, inexact }
}

const isMark = (value: Json): value is number => typeof value === 'number' && value >= firstMark

/** A key with an escape may be any key. */
function mayReachForPrototype(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true
  const length = end - start - 2
  if (length !== '__proto__'.length && length !== 'constructor'.length) return false
  const key = bytes.toString('latin1', start + 1, end - 1)
  return key === '__proto__' || key === 'constructor'
}

const BACKSLASH = 0x5c

/** Refuse keys that a merge or a clone elsewhere could take for a prototype. */
function refusePrototypes(value: Json, at: string): void {
  if (!isObject(value) && !isList(value)) return
  findMember(value, (member, key) => {
    const reaches =
      key === '__proto__' ||
      (key === 'constructor' && isObject(member) && Object.hasOwn(member, 'prototype'))
    if (reaches) {
      throw new Failure('JSON_KEY_FORBIDDEN', `${place(at)} has a key that reaches for a prototype`)
    }
    refusePrototypes(member, at)
  })
}

/** A pointer as a message shows it: bounded, and without half characters that no store takes. */
function place(pointer: string): string {
  if (pointer === '') return 'the JSON text'
  return pointer.length > POINTER_SHOWN
    ? `${pointer.slice(0, POINTER_SHOWN).toWellFormed()}…`
    : pointer.toWellFormed()
}
