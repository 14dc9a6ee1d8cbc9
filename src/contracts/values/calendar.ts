import { daysInMonth } from '../../delivery/days-in-month.ts'

/** A day of the proleptic Gregorian calendar; month and day count from 1. */
export interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Move a day by one, backwards or forwards, or not at all. */
export function shiftDay(from: Day, by: -1 | 0 | 1): Day {
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
