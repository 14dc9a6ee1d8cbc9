import { expect, test } from 'vitest'
import { begin, commit, rollback } from '../../dev/spanner-model/commits.ts'
import { createDatabase, type Database, runDdl } from '../../dev/spanner-model/database.ts'
import { read } from '../../dev/spanner-model/reads.ts'
import type { Cell } from '../../dev/spanner-model/result-set.ts'

const session = 's'
const shared = { name: session, multiplexed: true }
const atOnce = async () => undefined
const text = (stringValue: string): Cell => ({ kind: 'stringValue', stringValue })
const [failedPrecondition, invalidArgument, notFound, aborted] = [9, 3, 5, 10]

function openDatabase(): Database {
  const database = createDatabase('GOOGLE_STANDARD_SQL')
  const table = 'CREATE TABLE t (k STRING(MAX), v STRING(MAX), j JSON) PRIMARY KEY (k)'
  expect(runDdl(database, [table])).toBeUndefined()
  return database
}

const write = (k: string, values: Readonly<Record<string, string>> = {}) => ({
  insertOrUpdate: {
    table: 't',
    columns: ['k', ...Object.keys(values)],
    values: [{ values: [text(k), ...Object.values(values).map(text)] }]
  }
})

let sessions = 0
function ownSession() {
  sessions += 1
  return { name: `session ${sessions}`, multiplexed: false }
}

const beginWrite = (database: Database, on = ownSession()) =>
  begin(database, { session, options: { readWrite: {} } }, on).id

const readRow = (database: Database, k: string, transaction: object) => {
  const keySet = { keys: [{ values: [text(k)] }] }
  return read(database, { session, table: 't', columns: ['v'], keySet, transaction }, shared)
}

const strong = {}

test('commits transactions on different rows side by side', async () => {
  const database = openDatabase()
  const durable = Promise.withResolvers<void>()
  const [slow, quick] = [beginWrite(database), beginWrite(database)]
  await readRow(database, 'a', { id: slow })
  await readRow(database, 'b', { id: quick })
  const first = { session, transactionId: slow, mutations: [write('a', { v: '1' })] }
  const second = { session, transactionId: quick, mutations: [write('b', { v: '2' })] }
  const committing = commit(database, first, shared, () => durable.promise)
  await commit(database, second, shared, atOnce)
  expect((await readRow(database, 'b', strong)).values).toEqual([{ stringValue: '2' }])
  expect((await readRow(database, 'a', strong)).values).toEqual([])
  durable.resolve()
  await committing
  expect((await readRow(database, 'a', strong)).values).toEqual([{ stringValue: '1' }])
})

test('aborts a transaction whose row an older one has written', async () => {
  const database = openDatabase()
  const [older, younger] = [beginWrite(database), beginWrite(database)]
  await readRow(database, 'a', { id: older })
  await readRow(database, 'a', { id: younger })
  await commit(database, { session, transactionId: older, mutations: [write('a')] }, shared, atOnce)
  const late = commit(database, { session, transactionId: younger, mutations: [] }, shared, atOnce)
  await expect(late).rejects.toMatchObject({ code: aborted })
})

test('keeps the place of a transaction that is tried again', async () => {
  const database = openDatabase()
  const [older, younger] = [beginWrite(database), beginWrite(database)]
  const readWrite = { multiplexedSessionPreviousTransactionId: older }
  const { id: again } = begin(database, { session, options: { readWrite } }, shared)
  await readRow(database, 'a', { id: younger })
  await commit(database, { session, transactionId: again, mutations: [write('a')] }, shared, atOnce)
  await expect(readRow(database, 'a', { id: younger })).rejects.toMatchObject({ code: aborted })
})

test('ends the transaction before on the same session, unless that is multiplexed', async () => {
  const database = openDatabase()
  const own = ownSession()
  const transactions = [own, own, shared, shared].map((on) => beginWrite(database, on))
  const [ended, ...open] = transactions.map((id) => readRow(database, 'a', { id }))
  await expect(ended).rejects.toMatchObject({ code: notFound })
  await Promise.all(open)
})

test('commits what is being committed when it is told to roll back', async () => {
  const database = openDatabase()
  const durable = Promise.withResolvers<void>()
  const transactionId = beginWrite(database)
  const request = { session, transactionId, mutations: [write('a')] }
  const committing = commit(database, request, shared, () => durable.promise)
  await new Promise(setImmediate)
  rollback(database, { session, transactionId })
  const reading = readRow(database, 'a', { id: beginWrite(database) })
  durable.resolve()
  await committing
  expect((await reading).values).toHaveLength(1)
})

test('commits a transaction once, and none that was rolled back', async () => {
  const database = openDatabase()
  const once = { session, transactionId: beginWrite(database), mutations: [write('a')] }
  await commit(database, once, shared, atOnce)
  await expect(commit(database, once, shared, atOnce)).rejects.toMatchObject({ code: notFound })
  const gone = { session, transactionId: beginWrite(database) }
  rollback(database, gone)
  await expect(commit(database, gone, shared, atOnce)).rejects.toMatchObject({ code: notFound })
})

test('asks on a multiplexed session for the token of the last read', async () => {
  const database = openDatabase()
  const transactionId = beginWrite(database, shared)
  const { precommitToken } = Object(await readRow(database, 'a', { id: transactionId }))
  expect(precommitToken).toMatchObject({ seqNum: 1 })
  const request = { session, transactionId, mutations: [write('a')] }
  await expect(commit(database, request, shared, atOnce)).rejects.toMatchObject({
    code: invalidArgument
  })
})

test('reads a row as it was', async () => {
  const database = openDatabase()
  const first = await commit(
    database,
    { session, mutations: [write('a', { v: '1' })] },
    shared,
    atOnce
  )
  await commit(database, { session, mutations: [write('a', { v: '2' })] }, shared, atOnce)
  const readTimestamp = first.commitTimestamp
  const then = { singleUse: { readOnly: { readTimestamp } } }
  expect((await readRow(database, 'a', then)).values).toEqual([{ stringValue: '1' }])
  expect((await readRow(database, 'a', strong)).values).toEqual([{ stringValue: '2' }])
})

test('reads at one time in a read-only transaction', async () => {
  const database = openDatabase()
  await commit(database, { session, mutations: [write('a', { v: '1' })] }, shared, atOnce)
  const { id } = begin(database, { session, options: { readOnly: {} } }, shared)
  await commit(database, { session, mutations: [write('a', { v: '2' })] }, shared, atOnce)
  expect((await readRow(database, 'a', { id })).values).toEqual([{ stringValue: '1' }])
})

test('has no table before it was created', async () => {
  const database = openDatabase()
  const then = { singleUse: { readOnly: { exactStaleness: { seconds: '60' } } } }
  await expect(readRow(database, 'a', then)).rejects.toMatchObject({ code: notFound })
})

const many = (count: number) => Array.from({ length: count }, (_, n) => write(`${n}`, { v: '' }))
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  ['a key of 8 KiB', [write('k'.repeat(8192))], [write('k'.repeat(8193))], failedPrecondition],
  [
    'a STRING of 2,621,440 characters',
    [write('a', { v: 'x'.repeat(2_621_440) })],
    [write('a', { v: 'x'.repeat(2_621_441) })],
    failedPrecondition
  ],
  [
    'JSON of 80 levels',
    [write('a', { j: nested(80) })],
    [write('a', { j: nested(81) })],
    failedPrecondition
  ],
  ['80,000 mutations', many(40_000), many(40_001), invalidArgument]
])('takes %s and no more', async (_name, most, more, code) => {
  const database = openDatabase()
  await commit(database, { session, mutations: most }, shared, atOnce)
  const refused = commit(database, { session, mutations: more }, shared, atOnce)
  await expect(refused).rejects.toMatchObject({ code })
})
