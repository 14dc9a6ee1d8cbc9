import { Failure } from '../failures.ts'

/**
 * A column value in the one form that all rooms share: plain JSON, exact, and the same for every
 * store. Each row of `columnTypes` in column-types.ts begins with the form of its values. The value
 * of an ARRAY is an array of them, in which elements may be null.
 */
export type Value = null | string | number | boolean | readonly Value[]

/** Values by column name. */
export type Row = Readonly<Record<string, Value>>

/** Stands for the commit timestamp of the transaction that writes it. */
export const COMMIT_TIMESTAMP = Symbol('commit timestamp')

export type WrittenValue = Value | typeof COMMIT_TIMESTAMP

/** Values of some columns of a row, as they are written. */
export type WrittenRow = Readonly<Record<string, WrittenValue>>

/** Return how many bytes a value counts for, roughly as Spanner stores it: text by its UTF-8. */
export function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value !== 'object' || value === null) return 8
  return value.reduce<number>((sum, element) => sum + valueBytes(element), 8)
}

/** Refuse the value at a pointer: it cannot be stored. @throws {Failure} VALUE_INVALID, always */
export function refuseValue(pointer: string, message: string): never {
  throw new Failure('VALUE_INVALID', `${pointer}: ${message}`)
}
