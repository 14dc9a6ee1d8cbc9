import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { demoThatExpects } from '../../../dev/cli/demo.ts'
import { expectRows } from '../../../dev/simulator/expect.ts'
import type { Expect } from '../../../dev/simulator/expectation.ts'
import { run as runCommand, toolOf } from '../../cli/run-command.ts'

const landfall = (args: readonly string[], env = process.env) =>
  spawn(process.execPath, ['bin/landfall.ts', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })

async function run(...args: readonly string[]) {
  const child = landfall(args)
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close')
  ])
  return { out, err, code }
}

async function inProcess(expected: Expect) {
  const command = demoThatExpects(expected)
  const tool = toolOf([{ name: 'demo', summary: '', load: async () => command }])
  const { code, out } = await runCommand('demo', ['--count', '100'], process.env, tool)
  return { code, out: out.join('\n') }
}

test('it sends events in every envelope to the real service, and prints what that shows', async () => {
  const { out, err, code } = await run('demo', '--count', '200')
  expect(err).toMatch(/^Starting the service\nSending \d+ requests to /)
  expect(out).toMatch(/^Landfall demo: .* 200 events/)
  expect(out).toMatch(/^Eventarc messagePublished +\d/m)
  expect(out).toMatch(/^NUMBER_INEXACT +[1-9]/m)
  expect(out).toMatch(/^GET \/api\/v1\/data: \d+ rows in \d+ pages?\n {2}\{"id":"/m)
  expect(out).toMatch(/Nothing was lost\. All \d+ events were acknowledged/)
  expect(out).toContain('The service stopped on SIGTERM with exit code 0')
  expect(code).toBe(0)
})

test('unexpected rows are named, and the exit code is 1', async () => {
  const { code, out } = await inProcess((events) =>
    expectRows(events).map((one) =>
      one.path === 'data' ? { ...one, rows: [...one.rows, { id: 'lost', value: 'x' }] } : one
    )
  )
  expect(code).toBe(1)
  expect(out).toContain('1 difference from what was expected:\n\n  data ["lost"]: is missing')
  expect(out).not.toContain('Nothing was lost')
})

test.each([
  ['an unknown option', ['--cuont', '3']],
  ['a count that is too small for every envelope', ['--count', '3']],
  ['a seed that is not a number', ['--seed', 'x']],
  ['an argument', ['now']]
])('%s is a usage error', async (_name, args) => {
  await expect(runCommand('demo', args, {})).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('see `landfall demo --help`')
  })
})

describe('a demo that is stopped', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143]
  ] as const)('by %s also ends the service and removes its folder', async (signal, code) => {
    const { child, port, folder } = await sendingDemo()
    child.kill(signal)
    expect(await once(child, 'close')).toEqual([code, null])
    await vi.waitUntil(async () => !(await listens(port)), { timeout: 10_000 })
    expect(readdirSync(folder)).toEqual([])
  })

  test('by SIGKILL also ends the service', async () => {
    const { child, port } = await sendingDemo()
    child.kill('SIGKILL')
    await once(child, 'close')
    await vi.waitUntil(async () => !(await listens(port)), { timeout: 10_000 })
  })
})

/** A demo in the middle of its work, with a folder for its temporary files. */
async function sendingDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-demo-test-'))
  const child = landfall(['demo', '--count', '20000'], { ...process.env, TMPDIR: folder })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, maxRetries: 10 })
  })
  for await (const line of createInterface({ input: child.stderr })) {
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port) return { child, port: Number(port), folder }
  }
  throw new Error('the demo ended before it sent anything')
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
