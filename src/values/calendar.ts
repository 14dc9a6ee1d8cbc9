import { withoutEndZeros } from './exact-numbers.ts'
import type { Json } from './json.ts'
import { refuseValue } from './value.ts'

/** A day of the proleptic Gregorian calendar; month and day count from 1. */
interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Move a day by one, backwards or forwards, or not at all. */
function shiftDay(from: Day, by: -1 | 0 | 1): Day {
  const day = from.day + by
  if (day < 1) {
    const year = from.month === 1 ? from.year - 1 : from.year
    const month = from.month === 1 ? 12 : from.month - 1
    return { year, month, day: daysInMonth(year, month) }
  }
  if (day <= daysInMonth(from.year, from.month)) return { ...from, day }
  return from.month === 12
    ? { year: from.year + 1, month: 1, day: 1 }
    : { year: from.year, month: from.month + 1, day: 1 }
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Count the days of a month, 1 to 12, in the Gregorian calendar; 0 when there is no such month. */
function daysInMonth(year: number, month: number): number {
  if (month === 2 && isLeapYear(year)) return 29
  return monthLengths[month - 1] ?? 0
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * Convert a day that exists, as RFC 3339 `full-date`, of the years 0001 to 9999.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toDate(value: Json, pointer: string): string {
  const match = typeof value === 'string' ? dateForm.exec(value) : null
  if (!match) return refuseValue(pointer, 'is not a date in the form YYYY-MM-DD')
  const [text, year, month, day] = match
  const exists = isDay({ year: Number(year), month: Number(month), day: Number(day) })
  return exists && year !== '0000' ? text : refuseValue(pointer, 'is not a day of the calendar')
}

const timestampForm =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/**
 * Report whether text is an RFC 3339 `date-time` of a day that exists. Leap seconds, any precision
 * and the year 0000 are allowed.
 */
export function isTimestamp(text: string): boolean {
  const match = timestampForm.exec(text)
  if (!match) return false
  const [, year, month, day, hours, minutes, seconds, , , offsetHours = 0, offsetMinutes = 0] =
    match
  return (
    isDay({ year: Number(year), month: Number(month), day: Number(day) }) &&
    isClock(hours, minutes) &&
    Number(seconds) <= 60 &&
    isClock(offsetHours, offsetMinutes)
  )
}

/**
 * Convert an RFC 3339 `date-time` to UTC with nine fraction digits; nothing finer is cut off. A leap
 * second is refused, because Spanner would store the next day instead.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toTimestamp(value: Json, pointer: string): string {
  const match = typeof value === 'string' ? timestampForm.exec(value) : null
  if (!match) return refuseValue(pointer, 'is not an RFC 3339 timestamp with an offset')
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = match
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  if (!isDay(date) || !isClock(hours, minutes)) {
    return refuseValue(pointer, 'is not an instant of the calendar')
  }
  if (Number(seconds) > 59) return refuseValue(pointer, 'is a leap second or no second at all')
  const nanos = withoutEndZeros(fraction).padEnd(9, '0')
  if (nanos.length > 9) return refuseValue(pointer, 'is finer than a nanosecond')
  const utc = toUtc(date, Number(hours) * 60 + Number(minutes), offsetOf(match, pointer))
  if (utc.year < 1 || utc.year > 9999) return refuseValue(pointer, 'is not in years 0001 to 9999')
  return `${pad(utc.year, 4)}-${pad(utc.month)}-${pad(utc.day)}T${utc.clock}:${seconds}.${nanos}Z`
}

function isDay({ year, month, day }: Day): boolean {
  return day >= 1 && day <= daysInMonth(year, month)
}

function isClock(hours: string | number | undefined, minutes: string | number | undefined) {
  return Number(hours) <= 23 && Number(minutes) <= 59
}

/** Minutes that local time is ahead of UTC. */
function offsetOf([, , , , , , , , sign, hours, minutes]: RegExpExecArray, pointer: string) {
  if (!sign) return 0
  if (!isClock(hours, minutes)) return refuseValue(pointer, 'has an offset beyond ±23:59')
  const size = Number(hours) * 60 + Number(minutes)
  return sign === '-' ? -size : size
}

/** Offsets are shorter than a day, so the day moves by one at most. */
function toUtc(date: Day, minuteOfDay: number, offset: number): Day & { clock: string } {
  const minute = minuteOfDay - offset
  const shift = minute < 0 ? -1 : minute >= 1440 ? 1 : 0
  const within = minute - shift * 1440
  const clock = `${pad(Math.floor(within / 60))}:${pad(within % 60)}`
  return { ...shiftDay(date, shift), clock }
}

/** Cut the zeros at the end of the fraction of a TIMESTAMP value, and the point before none. */
export function shortenTimestamp(timestamp: string): string {
  return timestamp.replace(/(?:\.0*|(\.\d*?[1-9])0*)Z$/, '$1Z')
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}
