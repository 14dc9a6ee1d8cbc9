import { isDeepStrictEqual } from 'node:util'
import type { Expectation, ShownRow } from './expectation.ts'

/** List where the rows that were read differ from the expected ones, a sentence each. */
export function rowDifferences(
  expected: Expectation,
  rows: readonly ShownRow[]
): readonly string[] {
  const { path, key, unpredictable = [] } = expected
  const keyOf = (row: ShownRow) => JSON.stringify(key.map((name) => row[name]))
  const wanted = new Map(expected.rows.map((row) => [keyOf(row), row]))
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  const repeated = rows.length - found.size
  return [
    ...(repeated > 0 ? [`${path}: ${repeated} rows were read twice`] : []),
    ...[...new Set([...wanted.keys(), ...found.keys()])].flatMap((place) =>
      compareRows(`${path} ${place}`, wanted.get(place), found.get(place), unpredictable)
    )
  ]
}

function compareRows(
  place: string,
  wanted: ShownRow | undefined,
  found: ShownRow | undefined,
  unpredictable: readonly string[]
): readonly string[] {
  if (!found) return [`${place}: is missing`]
  if (!wanted) return [`${place}: should not be there`]
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((name) => !unpredictable.includes(name))
    .filter((name) => !isDeepStrictEqual(found[name], wanted[name]))
    .map((name) => `${place}: ${name} is ${textOf(found[name])}, expected ${textOf(wanted[name])}`)
}

const textOf = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value))
