import { expect, test } from 'vitest'
import { makeEvent } from '../../../dev/chaos/chaos-event.ts'
import { createFindings, type PromiseName, promises } from '../../../dev/chaos/findings.ts'
import { createAnswerJudge } from '../../../dev/chaos/judge-answers.ts'
import { judgeTables } from '../../../dev/chaos/judge-tables.ts'
import { expectTables } from '../../../dev/chaos/model.ts'
import type { StoredRow, TableName, Tables } from '../../../dev/chaos/tables.ts'
import { createRandom } from '../../../dev/simulator/random.ts'

const random = createRandom(1)
const events = Array.from({ length: 200 }, (_each, serial) => makeEvent(random, serial))
const whole = expectTables(events)

/** Judge these tables after every event was acknowledged as it should be, but for some. */
function judged(found: Tables, silent: readonly unknown[] = []) {
  const findings = createFindings()
  const judge = createAnswerJudge(findings)
  judge.sent(events)
  for (const event of events) {
    const { poison } = event
    const said = poison ? { verdict: 'dead-lettered', reason: poison } : { verdict: 'duplicate' }
    const answer = { status: 200, body: JSON.stringify(said) }
    if (!silent.includes(event)) judge.answered([event], answer)
  }
  judgeTables(findings, judge, found)
  const names = Object.keys(promises) as PromiseName[]
  return names.filter((name) => findings.of(name).length > 0)
}

const withRows = (
  name: TableName,
  change: (rows: readonly StoredRow[]) => readonly StoredRow[]
): Tables => ({ ...whole, [name]: change(whole[name]) })

test('the rows that every event once ends in keep every promise', () => {
  expect(judged(whole)).toEqual([])
})

test('there are events of every kind, and versions that collide', () => {
  for (const rows of Object.values(whole)) expect(rows.length).toBeGreaterThan(3)
  expect(new Set(events.map(({ at }) => at)).size).toBeLessThan(events.length / 2)
  expect(new Set(events.map(({ event }) => event.id)).size).toBeLessThan(events.length / 2)
  expect(new Set(events.map(({ key }) => key)).size).toBe(events.length)
})

const first = (change: StoredRow) => (rows: readonly StoredRow[]) =>
  rows.map((row, i) => (i === 0 ? { ...row, ...change } : row))
const more = (rows: readonly StoredRow[]) => [...rows, { ...rows[0], id: 'x', event_key: 'x' }]
const fewer = (rows: readonly StoredRow[]) => rows.slice(1)
const twice = (rows: readonly StoredRow[]) => [...rows, ...rows.slice(0, 1)]

test.each<[string, TableName, typeof fewer, PromiseName]>([
  ['a row that is missing', 'items', fewer, 'rows'],
  ['a row that went back', 'items', first({ event_version: '1' }), 'rows'],
  ['a tombstone that is undone', 'items', (all) => all.map(undeleted), 'rows'],
  ['a row of two events', 'orders', first({ carrier: 'of another' }), 'rows'],
  ['a line that is missing', 'orderLines', fewer, 'rows'],
  ['a log row that is missing', 'orderEvents', fewer, 'logs'],
  ['a log row that is there twice', 'orderEvents', twice, 'logs'],
  ['a counter that is one too high', 'dailySales', first({ quantity: '1000' }), 'counters'],
  ['an entry of the ledger that is missing', 'ledger', fewer, 'counters'],
  ['a good event among the dead letters', 'deadLetters', more, 'deadLetters'],
  ['poison that vanished', 'deadLetters', fewer, 'deadLetters'],
  ['another reason', 'deadLetters', first({ reason: 'JSON_INVALID' }), 'deadLetters']
])('%s is a violation', (_name, table, change, promise) => {
  expect(judged(withRows(table, change))).toEqual([promise])
})

test('an event that is never acknowledged is a violation', () => {
  expect(judged(whole, [events[0]])).toEqual(['settled'])
})

const undeleted = (row: StoredRow): StoredRow => ({ ...row, deleted: 'no' })
