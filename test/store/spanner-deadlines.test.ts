import type { Snapshot, Transaction } from '@google-cloud/spanner'
import { status } from '@grpc/grpc-js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { refusal } from '../../dev/spanner-model/refusal.ts'
import { serveModel } from '../../dev/spanner-model/serve-model.ts'
import type { Connection } from '../../src/store/spanner/connect.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { onSnapshot } from '../../src/store/spanner/read.ts'
import { readTime } from '../../src/store/spanner/read-rows.ts'
import { itemsTable } from './tables.ts'
import { item } from './writes.ts'

const database = 'projects/p/instances/i/databases/d'

async function openModel() {
  const model = await serveModel({ databases: { [database]: spannerDdl([itemsTable]) } })
  vi.stubEnv('SPANNER_EMULATOR_HOST', model.host)
  const timeouts = { commitTimeoutMs: 1000, readTimeoutMs: 60_000 }
  const store = await openSpannerStore({ database, emulator: true, ...timeouts })
  onTestFinished(async () => {
    model.close()
    await store.close()
    vi.unstubAllEnvs()
  })
  return { model, store }
}

test('calls contention by its name, also when the last attempt ends in its deadline', async () => {
  const { model, store } = await openModel()
  model.refuse = (method) => {
    if (method !== 'Commit') return undefined
    model.refuse = () => undefined
    model.delays = { commitMs: 60_000, readMs: 0 }
    return refusal(status.ABORTED, 'injected')
  }
  const guard = { table: itemsTable, key: ['a'] }
  const mutation = { table: itemsTable, row: item('a') }
  const committed = store.commit([guard], () => ({ mutations: [mutation], result: undefined }))
  await expect(committed).rejects.toMatchObject({ code: 'STORE_CONTENDED' })
})

test('ends a read as soon as its reader hangs up', async () => {
  const { model, store } = await openModel()
  const read = (signal: AbortSignal) =>
    store.read(itemsTable, ['a'], ['id'], { kind: 'strong' }, signal)
  expect(await read(new AbortController().signal)).toBe(undefined)
  model.delays = { commitMs: 0, readMs: 600_000 }
  const reader = new AbortController()
  const before = model.counts['StreamingRead'] ?? 0
  const pending = read(reader.signal)
  await expect.poll(() => model.counts['StreamingRead']).toBeGreaterThan(before)
  reader.abort()
  await expect(pending).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(read(AbortSignal.abort())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})

test('gives a read one deadline, which the wait for a session is part of', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const snapshot: Pick<Snapshot, 'end'> = { end: () => undefined }
  const connection: Pick<Connection, 'transaction' | 'failed'> = {
    async transaction(timeoutMs) {
      expect(timeoutMs).toBe(5000)
      vi.advanceTimersByTime(4000)
      return { end: snapshot.end, session: { snapshot: () => snapshot } } as unknown as Transaction
    },
    failed: () => undefined
  }
  const left = await onSnapshot(
    connection as Connection,
    { kind: 'strong' },
    readTime(5000),
    async (_snapshot, time) => time.left()
  )
  expect(left).toBe(1000)
})
