import { expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { converterFor, parseColumnType } from '../../src/values/column-types.ts'
import type { Json } from '../../src/values/json.ts'
import type { Value } from '../../src/values/value.ts'

/** Convert a value that stands at `/data/x` of an event to a column of the type. */
export function convert(type: string, value: Json, inexact: readonly string[] = []): Value {
  const parsed = parseColumnType(type)
  if (!parsed) throw new Error(`not a column type: ${type}`)
  return converterFor(parsed)(value, '/data/x', new Set(inexact))
}

/** Register one test per row: what is accepted, and as what value. */
export function takes(type: string, rows: readonly (readonly [string, Json, Value])[]): void {
  test.each(rows)(`${type} accepts %s`, (_, value, expected) => {
    expect(convert(type, value)).toStrictEqual(expected)
  })
}

/** Register one test per row: what is refused, and why. */
export function refuses(type: string, rows: readonly (readonly [string, Json, string])[]): void {
  test.each(rows)(`${type} refuses %s`, (_, value, why) => {
    expect(refusal(() => convert(type, value))).toEqual(`VALUE_INVALID /data/x: ${why}`)
  })
}

/** Run what must fail, and return its code and message. */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}
