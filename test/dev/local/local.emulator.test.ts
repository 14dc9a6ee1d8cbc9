import { existsSync } from 'node:fs'
import { expect, inject, test, vi } from 'vitest'
import {
  endOf,
  landfall,
  openFolder,
  pidsOf,
  ready,
  startedBy,
  waitOptions
} from './local-process.ts'
import { stillRunning } from './processes.ts'

const type = 'com.example.item.changed.v1'

test('one command is enough to publish events and read their rows, and Ctrl-C stops it all', async () => {
  const { stateFile, startLandfall } = openFolder()
  const running = startLandfall(['local'])
  const url = await ready(running)
  const started = startedBy(running)
  for (const command of ['emulator_main', 'pubsub-emulator', 'main.ts']) {
    expect(started.filter((one) => one.command.includes(command))).not.toEqual([])
  }
  for (const [number, topic] of ['events', 'events-unwrapped'].entries()) {
    const data = JSON.stringify({ id: topic, value: 'v' })
    const publishing = startLandfall(['publish', type, data, '--topic', topic, '--count', '5'])
    expect(await endOf(publishing)).toEqual({ code: 0, stderr: '' })
    const rows = async () => (await fetch(`${url}/api/v1/data?limit=100`)).json()
    await expect.poll(rows, waitOptions).toHaveLength(5 * (number + 1))
  }
  running.kill('SIGINT')
  const { code, stderr } = await endOf(running)
  expect(stderr).toMatch(/Stopped\n$/)
  expect(code).toBe(0)
  expect(stillRunning(pidsOf(started))).toEqual([])
  expect(existsSync(stateFile)).toBe(false)
}, 90_000)

/** With the Pub/Sub emulator of this run, so that Java need not start. */
const lighter = () => ({ PUBSUB_EMULATOR_HOST: inject('pubsubEmulatorHost') })

test('no process is left when it is killed', async () => {
  const { startLandfall } = openFolder()
  const running = startLandfall(['local'], lighter())
  await ready(running)
  const pids = pidsOf(startedBy(running))
  expect(pids.length).toBeGreaterThanOrEqual(2)
  running.kill('SIGKILL')
  await vi.waitUntil(() => stillRunning(pids).length === 0, waitOptions)
}, 90_000)

test('no process is left when the process that started it is killed', async () => {
  const { start } = openFolder()
  const args = ['-c', '"$@" & wait', 'sh', process.execPath, landfall, 'local']
  const parent = start('sh', args, lighter())
  await ready(parent)
  const pids = pidsOf(startedBy(parent))
  parent.kill('SIGKILL')
  await vi.waitUntil(() => stillRunning(pids).length === 0, waitOptions)
}, 90_000)

test('it stops and reports when an emulator ends early', async () => {
  const { startLandfall } = openFolder()
  const running = startLandfall(['local'], lighter())
  const ended = endOf(running)
  await ready(running)
  const started = startedBy(running)
  const emulator = started.find(({ command }) => command.includes('emulator_main --host_port'))
  process.kill(emulator?.pid ?? 0, 'SIGKILL')
  const { code, stderr } = await ended
  expect(stderr).toMatch(/^landfall: The Spanner emulator ended with signal SIGKILL/m)
  expect(code).toBe(1)
  expect(stillRunning(pidsOf(started))).toEqual([])
}, 90_000)
