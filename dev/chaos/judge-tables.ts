import { isDeepStrictEqual } from 'node:util'
import type { ChaosEvent } from './chaos-event.ts'
import type { Findings, PromiseName } from './findings.ts'
import { type AnswerJudge, nameOf } from './judge-answers.ts'
import { byStamp, expectTables } from './model.ts'
import { type StoredRow, type TableName, type Tables, tableNames } from './tables.ts'

interface Place {
  readonly promise: PromiseName
  readonly key: readonly string[]
}

const places: Readonly<Record<TableName, Place>> = {
  items: { promise: 'rows', key: ['id'] },
  orders: { promise: 'rows', key: ['order_id'] },
  orderLines: { promise: 'rows', key: ['order_id', 'line'] },
  orderEvents: { promise: 'logs', key: ['event_key'] },
  dailySales: { promise: 'counters', key: ['sku', 'day'] },
  ledger: { promise: 'counters', key: ['event_key'] },
  deadLetters: { promise: 'deadLetters', key: ['id'] }
}

/** Judge the rows when all is quiet: they are those of every event that was sent, each once. */
export function judgeTables(findings: Findings, judge: AnswerJudge, found: Tables): void {
  const events = judge.events()
  for (const event of events) {
    if (!judge.acknowledged(event)) {
      findings.violated('settled', `${nameOf(event)}: was never acknowledged`)
    }
  }
  const expected = expectTables(events)
  for (const name of tableNames) {
    const { promise } = places[name]
    for (const sentence of differences(name, expected[name], found[name])) {
      findings.violated(promise, sentence)
    }
  }
  judgeNewest(findings, judge, events)
}

/** List where the rows of a table differ from the expected ones. */
export function differences(
  name: TableName,
  expected: readonly StoredRow[],
  found: readonly StoredRow[]
): readonly string[] {
  const wanted = byKey(name, expected)
  const seen = byKey(name, found)
  const twice = found.length > seen.size ? [`${name}: a key is there twice`] : []
  const keys = [...new Set([...wanted.keys(), ...seen.keys()])]
  return [
    ...twice,
    ...keys.flatMap((key) => rowDifference(`${name} ${key}`, wanted.get(key), seen.get(key)))
  ]
}

function byKey(name: TableName, rows: readonly StoredRow[]): ReadonlyMap<string, StoredRow> {
  const { key } = places[name]
  return new Map(rows.map((row) => [key.map((column) => row[column]).join(' '), row]))
}

function rowDifference(
  place: string,
  wanted: StoredRow | undefined,
  seen: StoredRow | undefined
): readonly string[] {
  if (!seen) return [`${place}: is missing`]
  if (!wanted) return [`${place}: should not be there: ${JSON.stringify(seen).slice(0, 200)}`]
  return Object.keys(wanted)
    .filter((name) => !same(name, wanted[name], seen[name]))
    .map((name) => `${place}: ${name} is ${seen[name]}, expected ${wanted[name]}`)
}

/** The database orders the members of JSON values. */
function same(name: string, wanted: unknown, seen: unknown): boolean {
  if (name !== 'data') return wanted === seen
  return isDeepStrictEqual(JSON.parse(String(wanted)), JSON.parse(String(seen)))
}

function judgeNewest(findings: Findings, judge: AnswerJudge, events: readonly ChaosEvent[]): void {
  const items = events.filter(({ event, poison }) => !poison && event.type.includes('.item.'))
  const newest = Map.groupBy(items, ({ event }) => String(JSON.parse(event.data).id))
  for (const all of newest.values()) {
    const last = all.toSorted(byStamp).at(-1)
    if (last && judge.told(last).includes('stale')) {
      findings.violated('newest', `${nameOf(last)}: was called stale`)
    }
  }
}
