import { daysInMonth } from '../../delivery/days-in-month.ts'
import type { Json } from '../../delivery/event.ts'
import { refuseValue } from './refuse-value.ts'

const form = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * Take a day that exists, as RFC 3339 `full-date`, of the years 0001 to 9999.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toDate(value: Json, pointer: string): string {
  const match = typeof value === 'string' ? form.exec(value) : null
  if (!match) return refuseValue(pointer, 'is not a date in the form YYYY-MM-DD')
  const [text, year, month, day] = match
  const exists = Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), Number(month))
  return exists && year !== '0000' ? text : refuseValue(pointer, 'is not a day of the calendar')
}
