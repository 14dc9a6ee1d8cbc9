import { refuses, takes } from './conversions.ts'

takes('DATE', [
  ['a day', '2026-11-01', '2026-11-01'],
  ['the first day', '0001-01-01', '0001-01-01'],
  ['the last day', '9999-12-31', '9999-12-31'],
  ['29 February of a leap year', '2024-02-29', '2024-02-29'],
  ['29 February of a year that 400 divides', '2000-02-29', '2000-02-29']
])

const form = 'is not a date in the form YYYY-MM-DD'
const calendar = 'is not a day of the calendar'

refuses('DATE', [
  ['29 February of another year', '2026-02-29', calendar],
  ['29 February of a year that 100 divides', '1900-02-29', calendar],
  ['31 April', '2026-04-31', calendar],
  ['day 0', '2026-04-00', calendar],
  ['month 0', '2026-00-10', calendar],
  ['month 13', '2026-13-01', calendar],
  ['year 0', '0000-01-01', calendar],
  ['five digits of a year', '10000-01-01', form],
  ['single digits', '2026-1-1', form],
  ['a time', '2026-11-01T00:00:00Z', form],
  ['slashes', '2026/11/01', form],
  ['a line feed', '2026-11-01\n', form],
  ['a number', 20261101, form]
])
