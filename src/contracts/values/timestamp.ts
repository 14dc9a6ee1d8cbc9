import { daysInMonth } from '../../delivery/days-in-month.ts'
import type { Json } from '../../delivery/event.ts'
import { withoutEndZeros } from '../../delivery/without-end-zeros.ts'
import { type Day, shiftDay } from './calendar.ts'
import { refuseValue } from './refuse-value.ts'

const form =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/**
 * Take an RFC 3339 `date-time` as UTC with nine fraction digits; nothing finer is cut off. A leap
 * second is refused, because Spanner would store the next day instead.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toTimestamp(value: Json, pointer: string): string {
  const match = typeof value === 'string' ? form.exec(value) : null
  if (!match) return refuseValue(pointer, 'is not an RFC 3339 timestamp with an offset')
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = match
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  if (!isDay(date) || !isClock(hours, minutes)) {
    return refuseValue(pointer, 'is not an instant of the calendar')
  }
  if (Number(seconds) > 59) return refuseValue(pointer, 'is a leap second or no second at all')
  const nanos = withoutEndZeros(fraction).padEnd(9, '0')
  if (nanos.length > 9) return refuseValue(pointer, 'is finer than a nanosecond')
  const utc = toUtc(date, Number(hours) * 60 + Number(minutes), offsetMinutes(match, pointer))
  if (utc.year < 1 || utc.year > 9999) return refuseValue(pointer, 'is not in years 0001 to 9999')
  return `${pad(utc.year, 4)}-${pad(utc.month)}-${pad(utc.day)}T${utc.clock}:${seconds}.${nanos}Z`
}

function isDay({ year, month, day }: Day): boolean {
  return day >= 1 && day <= daysInMonth(year, month)
}

function isClock(hours: string | undefined, minutes: string | undefined): boolean {
  return Number(hours) <= 23 && Number(minutes) <= 59
}

function offsetMinutes([, , , , , , , , sign, hours, minutes]: RegExpExecArray, pointer: string) {
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

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}
