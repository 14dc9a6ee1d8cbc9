import { expect, test } from 'vitest'
import { makeEvent } from '../../../dev/chaos/chaos-event.ts'
import { createFindings, type PromiseName, promises } from '../../../dev/chaos/findings.ts'
import { expectTables } from '../../../dev/chaos/model.ts'
import type { StoredRow, Tables } from '../../../dev/chaos/tables.ts'
import { createTableWatch } from '../../../dev/chaos/watch-tables.ts'
import { createRandom } from '../../../dev/simulator/random.ts'

const random = createRandom(1)
const events = Array.from({ length: 200 }, (_each, serial) => makeEvent(random, serial))
const early = expectTables(events.slice(0, 100))
const late = expectTables(events)

function watched(...looks: readonly Tables[]) {
  const findings = createFindings()
  const watch = createTableWatch(findings)
  const byKey = new Map(events.map((event) => [event.key, event]))
  for (const tables of looks) watch.look(tables, byKey)
  const names = Object.keys(promises) as PromiseName[]
  return names.filter((name) => findings.of(name).length > 0)
}

test('rows that become newer keep every promise', () => {
  expect(watched(early, late, late)).toEqual([])
})

test('rows that become older are a violation', () => {
  expect(watched(late, early)).toEqual(['forward'])
})

test('a row that vanishes is a violation', () => {
  expect(watched(late, { ...late, items: late.items.slice(1) })).toEqual(['forward'])
})

test('a row with the value of one event and the version of another is a violation', () => {
  const torn = (row: StoredRow) => ({ ...row, value: 'of another' })
  expect(watched({ ...late, items: late.items.map(torn) })).toEqual(['whole'])
})

test('a log without its sums is a violation', () => {
  expect(watched({ ...late, dailySales: early.dailySales })).toEqual(['whole'])
})
