import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startChildGroup } from '../../../dev/local/child-group.ts'
import { stillRunning } from './processes.ts'

const patience = { timeout: 5000 }
const start = (script: string) =>
  startChildGroup({ command: 'sh', args: ['-c', script], output: 'hidden' })

test('it tells how a process ended and what it complained of', async () => {
  expect(await start('echo no >&2; exit 3').ended).toBe('exit code 3, saying: no')
  expect(await start('kill -KILL $$').ended).toBe('signal SIGKILL')
})

test('it tells when there is no such program', async () => {
  const group = startChildGroup({ command: '/nowhere/emulator', args: [], output: 'hidden' })
  expect(await group.ended).toMatch(/^exit code 127, saying: .*\/nowhere\/emulator/)
})

/** Start a shell that does this on SIGTERM, and wait until it would. */
async function startTrapping(action: string) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-child-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ready = join(folder, 'ready')
  const group = start(`trap "${action}" TERM; touch ${ready}; while :; do sleep 0.01; done`)
  await vi.waitUntil(() => existsSync(ready), patience)
  return group
}

test('it lets a process end by itself, and is content when that has happened', async () => {
  const group = await startTrapping('exit 7')
  await group.stop(60_000)
  expect(await group.ended).toBe('exit code 7')
  await group.stop(60_000)
})

test('it ends a process by force that does not end', async () => {
  const group = await startTrapping('')
  await group.stop(50)
  expect(await group.ended).toBe('signal SIGKILL')
})

test.each([
  ['is stopped', 'SIGTERM'],
  ['is killed', 'SIGKILL']
] as const)('nothing is left of what was started by a process that %s', async (_how, signal) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const pid = Number(line)
  expect(stillRunning([pid])).toEqual([pid])
  child.kill(signal)
  await vi.waitUntil(() => stillRunning([pid]).length === 0, patience)
})

const module = new URL('../../../dev/local/child-group.ts', import.meta.url)
const starter = `
  import { startChildGroup } from '${module}'
  const args = ['-c', 'sleep 600 & wait']
  console.log(startChildGroup({ command: 'sh', args, output: 'hidden' }).pid)`

test('nothing is left of what a process started that ends before it', async () => {
  const group = start('sleep 600 & echo $! >&2')
  const [, pid] = /saying: (\d+)/.exec(await group.ended) ?? []
  await vi.waitUntil(() => stillRunning([Number(pid)]).length === 0, patience)
})
