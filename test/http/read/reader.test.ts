import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readLimits } from '../../../src/http/read/reader.ts'
import type { Store } from '../../../src/store/store.ts'
import { openApp } from '../open-app.ts'

interface Call {
  readonly signal: AbortSignal | undefined
  finish(): void
}

/** The service over a store whose reads wait to be finished. */
async function openStalled(env: Readonly<Record<string, string>> = {}) {
  const calls: Call[] = []
  const stalled = (store: Store): Store => ({
    ...store,
    read: (_table, _key, _columns, _freshness, signal) =>
      new Promise((resolve) => void calls.push({ signal, finish: () => resolve(undefined) }))
  })
  const { app } = await openApp(env, stalled)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const finishAll = () => {
    for (const call of calls) call.finish()
  }
  onTestFinished(finishAll)
  return { app, calls, finishAll, read: () => openReader(port) }
}

async function openReader(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write('GET /api/v1/data/a HTTP/1.1\r\nHost: x\r\n\r\n')
  return socket
}

const inProgress = async (app: Awaited<ReturnType<typeof openStalled>>['app']) =>
  /^landfall_requests_in_progress (\d+)$/m.exec((await app.inject('/metrics')).body)?.[1]

test('a reader who hangs up calls off the call of the store, and counts until that is over', async () => {
  const { app, calls, read } = await openStalled()
  const reader = await read()
  await expect.poll(() => calls.length).toBe(1)
  expect(calls[0]?.signal?.aborted).toBe(false)
  reader.destroy()
  await expect.poll(() => calls[0]?.signal?.aborted).toBe(true)
  expect(await inProgress(app)).toBe('1')
  calls[0]?.finish()
  await expect.poll(() => inProgress(app)).toBe('0')
})

test('the store works on so many reads at once, and never begins one whose reader hung up', async () => {
  const { app, calls, read, finishAll } = await openStalled()
  const readers = await Promise.all(Array.from({ length: readLimits.calls + 5 }, read))
  await expect.poll(() => inProgress(app)).toBe(String(readers.length))
  expect(calls).toHaveLength(readLimits.calls)
  for (const reader of readers) reader.destroy()
  await expect.poll(() => calls.every(({ signal }) => signal?.aborted)).toBe(true)
  finishAll()
  await expect.poll(() => inProgress(app)).toBe('0')
  expect(calls).toHaveLength(readLimits.calls)
})

test('readers in progress are bounded together with deliveries', async () => {
  const { app, calls, read } = await openStalled({ REQUESTS_MAX: '1' })
  await read()
  await expect.poll(() => calls.length).toBe(1)
  const answer = await app.inject('/api/v1/data/a')
  expect(answer.json()).toMatchObject({ status: 503, code: 'QUEUE_FULL' })
})
