import { daysInMonth } from './days-in-month.ts'

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** True for an RFC 3339 date-time of a day that exists. Leap seconds and any precision are allowed. */
export function isTimestamp(text: string): boolean {
  const [, year, month, day] = pattern.exec(text) ?? []
  return (
    day !== undefined && Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), Number(month))
  )
}
