import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { poll, startChild, untilReady } from '../../dev/child.ts'
import { stillRunning } from './local/processes.ts'

const waitOptions = { timeout: 5000 }
const start = (script: string) =>
  startChild({ name: 'script', command: 'sh', args: ['-c', script], output: 'ignored' })

test('reports how a process ended, and what it wrote to standard error', async () => {
  const failing = start('echo no >&2; exit 3')
  expect(await failing.ended).toEqual({ how: 'exit code 3', said: 'no' })
  await expect(failing.died).rejects.toThrow('The script ended with exit code 3, saying: no')
  expect(await start('kill -KILL $$').ended).toEqual({ how: 'signal SIGKILL', said: '' })
})

test('a program that does not exist ends with the message of the shell', async () => {
  const child = startChild({ name: 'x', command: '/nowhere/emulator', args: [], output: 'ignored' })
  expect(await child.ended).toEqual({
    how: 'exit code 127',
    said: expect.stringContaining('/nowhere/emulator')
  })
})

test('what a process prints can be read, and messages go both ways', async () => {
  const script = `
    console.log('printed')
    process.on('message', (message) => process.send({ echo: message }))
    process.send('first')`
  const child = startChild({
    name: 'echo',
    command: process.execPath,
    args: ['-e', script],
    output: 'read',
    messages: true
  })
  onTestFinished(() => child.stop(0))
  expect(await child.nextMessage()).toBe('first')
  expect(await child.ask({ n: 1 })).toEqual({ echo: { n: 1 } })
  expect(String(await once(child.stdout ?? new EventEmitter(), 'data'))).toBe('printed\n')
})

test('a question to a process that ends rejects with its exit code', async () => {
  const child = startChild({
    name: 'mute',
    command: process.execPath,
    args: ['-e', "process.on('message', () => process.exit(4))"],
    output: 'ignored',
    messages: true
  })
  await expect(child.ask({})).rejects.toThrow('The mute ended with exit code 4')
})

test('waiting for a process that is never ready ends with the process', async () => {
  const child = start('echo broken >&2; exit 1')
  const never = (settled: AbortSignal) => poll(async () => false, 5, settled)
  await expect(untilReady(child, never)).rejects.toThrow('exit code 1, saying: broken')
})

test('an aborted start waits until the process is gone', async () => {
  const child = start('sleep 600')
  const controller = new AbortController()
  const never = (settled: AbortSignal) => poll(async () => false, 5, settled)
  const waiting = untilReady(child, never, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(stillRunning([child.pid ?? 0])).toEqual([])
})

test('a process that is ready keeps running', async () => {
  const child = start('sleep 600')
  onTestFinished(() => child.stop(0))
  expect(await untilReady(child, async () => 'ready')).toBe('ready')
  expect(stillRunning([child.pid ?? 0])).toEqual([child.pid])
})

/** Start a shell that does this on SIGTERM, and wait until its trap is set. */
async function startTrapping(action: string) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-child-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ready = join(folder, 'ready')
  const group = start(`trap "${action}" TERM; touch ${ready}; while :; do sleep 0.01; done`)
  await vi.waitUntil(() => existsSync(ready), waitOptions)
  return group
}

test('a process is asked to end, and stopping one that has ended is allowed', async () => {
  const group = await startTrapping('exit 7')
  await group.stop(60_000)
  expect((await group.ended).how).toBe('exit code 7')
  await group.stop(60_000)
})

test('a process that does not end is killed', async () => {
  const group = await startTrapping('')
  await group.stop(50)
  expect((await group.ended).how).toBe('signal SIGKILL')
})

test.each([
  ['is stopped', 'SIGTERM'],
  ['is killed', 'SIGKILL']
] as const)('no process is left that was started by a process that %s', async (_how, signal) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const pid = Number(line)
  expect(stillRunning([pid])).toEqual([pid])
  child.kill(signal)
  await vi.waitUntil(() => stillRunning([pid]).length === 0, waitOptions)
})

const module = new URL('../../dev/child.ts', import.meta.url)
const starter = `
  import { startChild } from '${module}'
  const args = ['-c', 'sleep 600 & wait']
  console.log(startChild({ name: 'x', command: 'sh', args, output: 'ignored' }).pid)`

test('no process is left that was started by a process that ended first', async () => {
  const group = start('sleep 600 & echo $! >&2')
  const pid = Number((await group.ended).said)
  expect(pid).toBeGreaterThan(0)
  await vi.waitUntil(() => stillRunning([pid]).length === 0, waitOptions)
})
