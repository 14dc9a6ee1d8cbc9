import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveModel } from '../../dev/spanner-model/serve-model.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { changed } from '../http/open-app.ts'
import { mostMebibytes, NODE_OPTIONS, peakMebibytes } from './memory.ts'
import { push, type Service, startService } from './start-service.ts'

const time = '2026-11-01T10:00:00Z'

async function openReader({ url }: Service, path: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  return socket
}

const inProgress = async ({ url }: Service) =>
  /^landfall_requests_in_progress (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]

describe.runIf(process.platform === 'linux')('the process', () => {
  test('bounds the memory of 250 readers of large pages who take nothing, and cuts them off', async () => {
    const service = await startService({ NODE_OPTIONS })
    // An index takes no longer value.
    const value = 'x'.repeat(8000)
    const events = Array.from({ length: 600 }, (_, id) =>
      changed(`${id}`, time, { id: `${id}`, value })
    )
    const landed = await Promise.all(events.map((event) => push(service.url, event)))
    expect(landed.every(({ body }) => body.verdict === 'applied')).toBe(true)
    const path = '/api/v1/data?limit=1000'
    const readers = await Promise.all(Array.from({ length: 250 }, () => openReader(service, path)))
    for (const reader of readers) reader.pause()
    await expect.poll(() => inProgress(service)).not.toBe('0')
    // A reader who takes its answer is served as soon as there is room again.
    const page = async () => {
      const answer = await fetch(service.url + path)
      return answer.status === 200 ? ((await answer.json()) as unknown[]).length : 0
    }
    await expect.poll(page).toBeGreaterThan(500)
    await expect.poll(() => inProgress(service)).toBe('0')
    expect(await peakMebibytes(service)).toBeLessThan(mostMebibytes)
  })

  test('bounds the memory of 3,000 reads that hang up on a Spanner that does not answer', async () => {
    const { tables } = await readContracts('schemas')
    const database = 'projects/p/instances/i/databases/d'
    const model = await serveModel({ databases: { [database]: spannerDdl(tables) } })
    onTestFinished(() => model.close())
    const service = await startService({
      NODE_OPTIONS,
      SPANNER_DATABASE: database,
      SPANNER_EMULATOR_HOST: model.host
    })
    expect((await push(service.url, changed('1', time, { id: 'a', value: 'red' }))).status).toBe(
      200
    )
    model.delays = { commitMs: 0, readMs: 600_000 }
    const atOnce = pLimit(300)
    const hangUp = async () => {
      const reader = await openReader(service, '/api/v1/data/a')
      // The time that the finding had; what matters is that it is shorter than the store's.
      await sleep(30)
      reader.destroy()
    }
    await Promise.all(Array.from({ length: 3000 }, () => atOnce(hangUp)))
    await expect.poll(() => inProgress(service)).toBe('0')
    expect(await peakMebibytes(service)).toBeLessThan(mostMebibytes)
    model.delays = { commitMs: 0, readMs: 0 }
    const answer = await fetch(`${service.url}/api/v1/data/a`)
    expect(await answer.json()).toEqual({ id: 'a', value: 'red' })
  })
})
