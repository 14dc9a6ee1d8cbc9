import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startChild } from '../../dev/child.ts'
import { freePort, listens } from '../../dev/local/ports.ts'
import { changed } from '../http/open-app.ts'
import { push, startService } from '../process/start-service.ts'

const time = '2026-11-01T10:00:00Z'

async function embeddedFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'rows.db')
}

/** Run the real process within limits of the shell, such as `-f 4000`. */
async function startWithin(limits: string, env: Readonly<Record<string, string>>) {
  const port = await freePort()
  const child = startChild({
    name: 'service',
    command: 'sh',
    args: ['-c', `ulimit ${limits}; exec "$0" src/main.ts`, process.execPath],
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    output: 'ignored'
  })
  onTestFinished(() => child.stop(0))
  await expect.poll(() => listens(`127.0.0.1:${port}`)).toBe(true)
  return { url: `http://127.0.0.1:${port}`, child }
}

/** Rows of some thousand characters. */
const large = (id: string) => changed(id, time, { id, value: 'v'.repeat(5000) })

describe('a disk that is full', () => {
  test('is answered 503, reads go on, and everything that was acknowledged is there', async () => {
    const EMBEDDED_FILE = await embeddedFile()
    const { url, child } = await startWithin('-f 2000', { EMBEDDED_FILE })
    const acknowledged: string[] = []
    let refused = 0
    for (let n = 0; refused < 3; n += 1) {
      const { status, body } = await push(url, large(`${n}`))
      if (body.verdict === 'applied') acknowledged.push(`${n}`)
      else expect(status).toBe(503)
      refused += Number(status !== 200)
    }
    expect(acknowledged.length).toBeGreaterThan(10)
    expect((await fetch(`${url}/api/v1/data/0`)).status).toBe(200)
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    await child.stop(10_000)
    expect((await child.ended).how).toBe('exit code 0')
    const again = await startService({ EMBEDDED_FILE })
    for (const id of acknowledged) {
      expect((await fetch(`${again.url}/api/v1/data/${id}`)).status).toBe(200)
    }
    expect((await push(again.url, large('more'))).status).toBe(200)
  })
})

describe('file descriptors that run out', () => {
  test('keep connections out, and the process goes on when there are some again', async () => {
    const { url } = await startWithin('-n 64', { EMBEDDED_FILE: await embeddedFile() })
    const port = Number(new URL(url).port)
    const sockets = Array.from({ length: 200 }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined)
    )
    await Promise.all(
      sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')]))
    )
    for (const socket of sockets) socket.destroy()
    const verdict = () =>
      push(url, changed('1', time, { id: 'a', value: 'red' })).then(verdictOf, () => undefined)
    await expect.poll(verdict).toMatch(/applied|duplicate/)
  })
})

describe('a process that stands still for a while', () => {
  test('acknowledges nothing meanwhile, and answers when it goes on', async () => {
    const EMBEDDED_FILE = await embeddedFile()
    const service = await startService({ EMBEDDED_FILE })
    const other = await startService({ EMBEDDED_FILE })
    service.process.kill('SIGSTOP')
    const answer = push(service.url, changed('1', time, { id: 'a', value: 'red' }))
    expect((await push(other.url, changed('2', time, { id: 'b', value: 'blue' }))).status).toBe(200)
    expect((await fetch(`${other.url}/api/v1/data/a`)).status).toBe(404)
    service.process.kill('SIGCONT')
    expect(await answer).toMatchObject({ status: 200, body: { verdict: 'applied' } })
    expect((await fetch(`${other.url}/api/v1/data/a`)).status).toBe(200)
  })
})

const verdictOf = ({ body }: Awaited<ReturnType<typeof push>>) => body.verdict ?? ''
