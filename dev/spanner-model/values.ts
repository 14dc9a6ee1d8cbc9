import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import type { ColumnType } from './schema.ts'

/** A value as the protocol's JSON mapping spells it: integers, numerics and times are strings. */
export type Value = null | string | number | boolean | readonly Value[]

/**
 * Bring a value to the one form in which it is stored and compared: NUMERIC without trailing zeros,
 * TIMESTAMP with nine digits of fraction, FLOAT32 rounded, JSON with its members in order
 * (https://cloud.google.com/spanner/docs/reference/rpc/google.spanner.v1#typecode). Of JSON, the
 * model keeps the last of two members with one name where Spanner keeps the first.
 *
 * @throws a refusal of what isn't a value of the type
 */
export function canonical({ scalar, array }: ColumnType, value: Value): Value {
  if (value === null) return null
  if (array) {
    if (!Array.isArray(value)) throw notA(`ARRAY<${scalar}>`)
    return value.map((element) => canonical({ scalar, array: false }, element))
  }
  const read = scalars[scalar]
  if (!read) throw refusal(status.UNIMPLEMENTED, `The model doesn't know the type ${scalar}.`)
  return read(value)
}

const notA = (type: string) =>
  refusal(status.FAILED_PRECONDITION, `Invalid value: could not parse it as a ${type}.`)

/** Make a reader of strings that match an expression and pass a test. */
function text(
  type: string,
  pattern: RegExp,
  form: (value: string) => string | undefined
): (value: Value) => Value {
  return (value) => {
    const formed = typeof value === 'string' && pattern.test(value) ? form(value) : undefined
    if (formed === undefined) throw notA(type)
    return formed
  }
}

const scalars: Readonly<Record<string, (value: Value) => Value>> = {
  STRING: (value) => {
    if (typeof value !== 'string') throw notA('STRING')
    // The protocol carries no lone surrogate, and Spanner fails on one that comes all the same.
    if (!value.isWellFormed()) throw refusal(status.INTERNAL, 'Invalid UTF-8.')
    return value
  },
  BOOL: (value) => {
    if (typeof value !== 'boolean') throw notA('BOOL')
    return value
  },
  INT64: text('INT64', /^-?\d{1,30}$/, (value) => {
    const integer = BigInt(value)
    return BigInt.asIntN(64, integer) === integer ? String(integer) : undefined
  }),
  FLOAT64: float((value) => value),
  FLOAT32: float(Math.fround),
  NUMERIC: text('NUMERIC', /^-?\d{1,29}(\.\d{1,9})?$/, (value) => {
    const short = value.includes('.') ? value.replace(/\.?0+$/, '') : value
    return short.replace(/^-0$/, '0')
  }),
  BYTES: text('BYTES', /^[A-Za-z0-9+/]*={0,2}$/, (value) => {
    const bytes = Buffer.from(value, 'base64').toString('base64')
    return bytes === value ? bytes : undefined
  }),
  DATE: text('DATE', /^\d{4}-\d\d-\d\d$/, (value) => (isDay(value) ? value : undefined)),
  TIMESTAMP: text('TIMESTAMP', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/, (value) => {
    const [seconds = '', fraction = ''] = value.slice(0, -1).split('.')
    const [day = '', time = ''] = seconds.split('T')
    const exists = isDay(day) && time < '24:00:00' && /:[0-5]\d:[0-5]\d$/.test(time)
    return exists ? `${seconds}.${fraction.padEnd(9, '0')}Z` : undefined
  }),
  UUID: text('UUID', /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i, (value) => value.toLowerCase()),
  JSON: (value) => {
    if (typeof value !== 'string') throw notA('JSON')
    return JSON.stringify(inOrder(parse(value)))
  }
}

function float(round: (value: number) => number): (value: Value) => Value {
  return (value) => {
    if (typeof value === 'number') return round(value)
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
    throw notA('FLOAT64')
  }
}

const isDay = (text: string) =>
  text >= '0001' && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notA('JSON')
  }
}

/** https://cloud.google.com/spanner/docs/working-with-json#nested */
const maxJsonDepth = 80

function inOrder(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxJsonDepth) throw notA('JSON: it is nested more than 80 levels deep')
  if (Array.isArray(value)) return value.map((element) => inOrder(element, depth + 1))
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member, depth + 1)]))
}

/** Order two values of a type, NULL first, as an ascending key does. */
export function compareValues({ scalar }: ColumnType, a: Value, b: Value): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null)
  const [left, right] = [rank(scalar, a), rank(scalar, b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}

function rank(scalar: string, value: Value): bigint | number | string {
  if (scalar === 'INT64') return BigInt(String(value))
  if (scalar === 'NUMERIC') return nanos(String(value))
  // By bytes: the order of JavaScript's strings differs beyond U+FFFF.
  if (scalar === 'STRING') return Buffer.from(String(value)).toString('hex')
  if (scalar === 'BYTES') return Buffer.from(String(value), 'base64').toString('hex')
  if (scalar === 'FLOAT64' || scalar === 'FLOAT32' || scalar === 'BOOL') return Number(value)
  return String(value)
}

function nanos(numeric: string): bigint {
  const [whole = '', fraction = ''] = numeric.split('.')
  return BigInt(whole + fraction.padEnd(9, '0'))
}
