import { Failure } from '../failures.ts'
import { toTimestamp } from '../values/calendar.ts'
import { type Parameter, UsageError } from './command.ts'
import { printable } from './printable.ts'

/** Read the text of one value. @throws {UsageError} what follows its name: `must be …, not '…'` */
export type Read<T> = (text: string) => T

/** An option without a value. */
export const flag = (about: string): Parameter<boolean> => ({ about, initial: false })

/** An option with a value, or an argument that may be absent. */
export const optional = <T>(
  placeholder: string,
  about: string,
  read: Read<T>
): Parameter<T | undefined> => ({ about, placeholder, read })

/** An option, or an argument, that has a value even when it is not given. */
export const withDefault = <T>(
  placeholder: string,
  about: string,
  read: Read<T>,
  initial: NoInfer<T>
): Parameter<T> => ({ about, placeholder, read, initial })

/** An argument that must be given. */
export const required = <T>(placeholder: string, about: string, read: Read<T>): Parameter<T> => ({
  about,
  placeholder,
  read,
  required: true
})

/** An option, or the last argument, that can be given several times; undefined when it is not. */
export const repeatable = <T>(
  placeholder: string,
  about: string,
  read: Read<T>
): Parameter<readonly T[] | undefined> => ({
  about,
  placeholder,
  repeatable: true,
  read: (value, previous) => [...(previous ?? []), read(value)]
})

/** Return the error of a value that a parameter does not accept. */
export function mustBe(expected: string, value: string): UsageError {
  return new UsageError(`must be ${expected}, not '${printable(value)}'`)
}

/** Read any text. */
export const text: Read<string> = (value) => value

/** Read a whole number within these bounds. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Read<number> {
  return (value) => {
    const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
    throw mustBe(`a whole number ${bounds}`, value)
  }
}

/** Read one of these names. */
export function oneOf<const Name extends string>(names: readonly Name[]): Read<Name> {
  return (value) => {
    const found = names.find((name) => name === value)
    if (found !== undefined) return found
    throw mustBe(`one of ${names.join(', ')}`, value)
  }
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/**
 * Read an RFC 3339 time, or how long ago it was: `30m`, `2h`, `7d`. The result is a `TIMESTAMP`.
 *
 * @param now milliseconds since 1970
 */
export function pastTime(now: () => number): Read<string> {
  return (value) => {
    const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? []
    try {
      if (count === undefined) return toTimestamp(value, 'the time')
      const ms = now() - Number(count) * (unitMs[unit] ?? 0)
      return toTimestamp(new Date(ms).toISOString(), 'the time')
    } catch (error) {
      if (!(error instanceof Failure || error instanceof RangeError)) throw error
      throw mustBe('an RFC 3339 time, or how long ago (30m, 2h, 7d)', value)
    }
  }
}
