import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { welcome } from '../../src/main.ts'
import { changed } from '../http/open-app.ts'
import { exitOf, launchService, push, runService, startService } from './start-service.ts'

const time = '2026-11-01T10:00:00Z'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

describe('the process', () => {
  test('prints where it listens and commands to try, and these commands work', async () => {
    const service = await startService({})
    await expect.poll(() => service.lines.join('\n')).toContain('curl http://localhost:')
    const port = Number(new URL(service.url).port)
    expect(service.lines.join('\n')).toContain(welcome(port, ':memory:').trim())
    const commands = service.lines.filter((line) => line.startsWith('  curl '))
    expect(commands).toHaveLength(3)
    const event = /-d '([^']*)'/.exec(commands[0] ?? '')?.[1] ?? ''
    expect(await push(service.url, JSON.parse(event))).toMatchObject({
      body: { verdict: 'applied' }
    })
    expect(await push(service.url, JSON.parse(event))).toMatchObject({
      body: { verdict: 'duplicate' }
    })
    const rows = await (await fetch(`${service.url}/api/v1/data`)).json()
    expect(rows).toEqual([{ id: 'a', value: 'red' }])
  })

  test('writes one line for a delivery, without its payload', async () => {
    const service = await startService({})
    await push(service.url, changed('event-1', time, { id: 'a', value: 'a secret' }))
    await expect
      .poll(() => service.lines.some((line) => line.includes('delivery settled')))
      .toBe(true)
    const line = JSON.parse(service.lines.find((each) => each.includes('delivery settled')) ?? '{}')
    expect(line).toMatchObject({
      severity: 'INFO',
      eventId: 'event-1',
      source: '//shop',
      type: 'com.example.item.changed.v1',
      verdict: 'applied',
      durationMs: expect.any(Number)
    })
    expect(service.lines.join('\n')).not.toContain('a secret')
  })

  test('keeps every acknowledged row when it is killed at any instant', async () => {
    const file = join(await folder(), 'rows.db')
    const first = await startService({ EMBEDDED_FILE: file })
    const acknowledged: string[] = []
    const pushing = Array.from({ length: 200 }, async (_each, n) => {
      const answer = await push(first.url, changed(`${n}`, time, { id: `${n}`, value: 'v' })).catch(
        () => undefined
      )
      if (answer?.status === 200) acknowledged.push(`${n}`)
    })
    await expect.poll(() => acknowledged.length, { interval: 1 }).toBeGreaterThan(20)
    first.process.kill('SIGKILL')
    await Promise.all(pushing)
    const second = await startService({ EMBEDDED_FILE: file })
    const rows = (await (await fetch(`${second.url}/api/v1/data?limit=1000`)).json()) as {
      id: string
    }[]
    const landed = new Set(rows.map(({ id }) => id))
    expect(acknowledged.filter((id) => !landed.has(id))).toEqual([])
  })

  test('shares one file with a second process: an event has its effect once', async () => {
    const file = join(await folder(), 'rows.db')
    const services = await Promise.all([
      startService({ EMBEDDED_FILE: file }),
      startService({ EMBEDDED_FILE: file })
    ])
    const event = changed('1', time, { id: 'a', value: 'red' })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_each, n) => push(services[n % 2]?.url ?? '', event))
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(answers.filter(({ body }) => body.verdict === 'applied')).toHaveLength(1)
  })
})

describe('SIGTERM', () => {
  test('answers accepted requests, then exits with 0', async () => {
    const file = join(await folder(), 'rows.db')
    const service = await startService({ EMBEDDED_FILE: file })
    const pushing = Array.from({ length: 100 }, (_each, n) =>
      push(service.url, changed(`${n}`, time, { id: `${n}`, value: 'v' })).then(
        ({ status }) => ({ n, status }),
        () => ({ n, status: 0 })
      )
    )
    await Promise.race(pushing)
    service.process.kill('SIGTERM')
    const answers = await Promise.all(pushing)
    expect(await exitOf(service)).toBe(0)
    const again = await startService({ EMBEDDED_FILE: file })
    const rows = (await (await fetch(`${again.url}/api/v1/data?limit=1000`)).json()) as {
      id: string
    }[]
    const landed = new Set(rows.map(({ id }) => id))
    for (const { n, status } of answers) {
      expect([0, 200, 503]).toContain(status)
      if (status === 200) expect(landed.has(`${n}`)).toBe(true)
    }
  })

  test('waits for a request whose body is still arriving, and answers it', async () => {
    const service = await startService({})
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
    const event = JSON.stringify(changed('1', time, { id: 'a', value: 'v' }))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const half = event.slice(0, 50)
    const head = `POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/cloudevents+json\r\n`
    socket.write(`${head}Content-Length: ${event.length}\r\n\r\n${half}`)
    await expect.poll(async () => (await fetch(`${service.url}/health/live`)).status).toBe(200)
    service.process.kill('SIGTERM')
    await expect.poll(() => service.lines.some((line) => line.includes('stopping'))).toBe(true)
    socket.write(event.slice(50))
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain('"verdict":"applied"')
    expect(await exitOf(service)).toBe(0)
  })

  test('works when the reader of the log is gone', async () => {
    const service = await startService({})
    service.process.stdout?.destroy()
    expect((await push(service.url, changed('1', time, { id: 'a', value: 'v' }))).status).toBe(200)
    service.process.kill('SIGTERM')
    expect(await exitOf(service)).toBe(0)
  })

  test('does not wait for a client that never finishes its request', async () => {
    const service = await startService({ SHUTDOWN_TIMEOUT_MS: '1500' })
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    onTestFinished(() => {
      socket.destroy()
    })
    socket.write('POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf')
    await expect.poll(async () => (await fetch(`${service.url}/health/live`)).status).toBe(200)
    service.process.kill('SIGTERM')
    expect(await exitOf(service)).toBe(0)
  })
})

test('ends at a signal before it listens', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const service = launchService({
    SPANNER_DATABASE: 'projects/p/instances/i/databases/d',
    SPANNER_EMULATOR_HOST: `127.0.0.1:${port}`
  })
  await once(silent, 'connection')
  service.kill('SIGTERM')
  expect(await once(service, 'exit')).toEqual([0, null])
})

describe('a start with a fault', () => {
  test.each([
    [
      'a bad variable',
      { PORT: 'http' },
      'landfall: CONFIG_INVALID: PORT must be a whole number from 0 to 65535\n'
    ],
    [
      'no Spanner on Cloud Run',
      { K_SERVICE: 'landfall' },
      'landfall: CONFIG_INVALID: SPANNER_DATABASE is required on Cloud Run: the embedded store would lose its rows\n'
    ]
  ])('stops for %s with one line and exit code 1', async (_name, env, line) => {
    expect(await runService(env)).toEqual({ code: 1, stderr: line })
  })

  test('stops for a port in use with one line and exit code 1', async () => {
    const { url } = await startService({})
    const { code, stderr } = await runService({ PORT: new URL(url).port })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^landfall: EADDRINUSE: [^\n]*\n$/)
  })

  test('stops for a folder without schemas', async () => {
    const { code, stderr } = await runService({ SCHEMAS_DIR: join(await folder(), 'none') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^landfall: SCHEMAS_INVALID: [^\n]*\n$/)
  })

  test('stops for a broken schema and names the place', async () => {
    const dir = await folder()
    await mkdir(join(dir, 'collections'))
    await mkdir(join(dir, 'events'))
    await writeFile(join(dir, 'collections', 'items.json'), '{ "name": ')
    const { code, stderr } = await runService({ SCHEMAS_DIR: dir })
    expect(code).toBe(1)
    expect(stderr).toContain('SCHEMAS_INVALID')
    expect(stderr).toContain('collections/items.json')
  })
})
