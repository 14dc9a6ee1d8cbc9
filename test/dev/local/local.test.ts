import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { run } from '../../cli/run-command.ts'
import { descendants, processes, stillRunning } from './processes.ts'
import { folderWithSdk } from './sdk-folder.ts'

const patience = { timeout: 40_000 }
const landfall = resolve('bin/landfall.ts')
const type = 'com.example.item.changed.v1'

type Environment = Readonly<Record<string, string>>

/** Where commands run in a folder of their own, with nothing of this run's environment but PATH. */
function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-local-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const start = (command: string, args: readonly string[], env: Environment = {}) => {
    const PATH = process.env['PATH'] ?? ''
    const child = spawn(command, args, {
      cwd: folder,
      env: { PATH, PORT: '0', SCHEMAS_DIR: resolve('schemas'), ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  const startLandfall = (args: readonly string[], env?: Environment) =>
    start(process.execPath, [landfall, ...args], env)
  return { stateFile: join(folder, '.landfall/local.json'), start, startLandfall }
}

/** Wait until it says what to type, and tell where the service is. */
function ready(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const url = /^Landfall listens on (\S+)\.[\s\S]*SPANNER_DATABASE=/m.exec(said)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`exit code ${code}: ${said}`)))
  })
}

async function endOf(child: ChildProcess) {
  const [stderr, [code]] = await Promise.all([
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit')
  ])
  return { code, stderr }
}

const startedBy = (child: ChildProcess) => descendants(child.pid ?? 0)
const pidsOf = (list: readonly { readonly pid: number }[]) => list.map(({ pid }) => pid)

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
    await expect.poll(rows, patience).toHaveLength(5 * (number + 1))
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

test('nothing is left when it is killed', async () => {
  const { startLandfall } = openFolder()
  const running = startLandfall(['local'], lighter())
  await ready(running)
  const pids = pidsOf(startedBy(running))
  expect(pids.length).toBeGreaterThanOrEqual(2)
  running.kill('SIGKILL')
  await vi.waitUntil(() => stillRunning(pids).length === 0, patience)
}, 90_000)

test('nothing is left when the process that started it is killed', async () => {
  const { start } = openFolder()
  const args = ['-c', '"$@" & wait', 'sh', process.execPath, landfall, 'local']
  const parent = start('sh', args, lighter())
  await ready(parent)
  const pids = pidsOf(startedBy(parent))
  parent.kill('SIGKILL')
  await vi.waitUntil(() => stillRunning(pids).length === 0, patience)
}, 90_000)

test('it stops and says so when an emulator ends early', async () => {
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

/** Programs that never listen stand in for the emulators, and can be told from all others. */
function slowEmulators(pubsub = 'exec sleep $UNIQUE') {
  const unique = `60${process.hrtime.bigint()}`
  const path = folderWithSdk({ spanner: 'exec sleep $UNIQUE', pubsub })
  const env = { PATH: `${path}:${process.env['PATH']}`, UNIQUE: unique }
  const alive = () => processes().filter(({ command }) => command.includes(unique))
  return { env, alive }
}

test.each([
  ['at once', 0],
  ['when the first process runs', 1],
  ['when both processes run', 2]
])('Ctrl-C %s leaves nothing behind', async (_when, count) => {
  const { env, alive } = slowEmulators()
  const running = openFolder().startLandfall(['local'], env)
  const ended = endOf(running)
  if (running.stderr) await once(running.stderr, 'data')
  await vi.waitUntil(() => alive().length >= count, patience)
  running.kill('SIGINT')
  expect((await ended).code).toBe(0)
  expect(alive()).toEqual([])
})

test('a start that fails half-way leaves nothing behind', async () => {
  const { env, alive } = slowEmulators('sleep 0.5; echo no Java >&2; exit 1')
  const { code, stderr } = await endOf(openFolder().startLandfall(['local'], env))
  expect(stderr).toMatch(
    /^landfall: The Pub\/Sub emulator ended with exit code 1, saying: no Java$/m
  )
  expect(code).toBe(1)
  expect(alive()).toEqual([])
})

test.each([
  [
    'nobody listens at a given host',
    { SPANNER_EMULATOR_HOST: '127.0.0.1:1' },
    /^Nothing listens at SPANNER_EMULATOR_HOST=127\.0\.0\.1:1$/
  ],
  [
    'there is no Google Cloud CLI',
    { PATH: '/nowhere' },
    /^There is no `gcloud`.*SPANNER_EMULATOR_HOST.*$/
  ],
  ['a setting is malformed', { PORT: 'http' }, /^PORT must be/]
])('one line says what to do when %s', async (_name, env, message) => {
  const given = { ...lighter(), PORT: '0', PATH: process.env['PATH'], ...env }
  await expect(run('local', [], given)).rejects.toThrow(message)
})

test('another port is not taken silently', async () => {
  const PORT = inject('pubsubEmulatorHost').split(':')[1]
  await expect(run('local', [], { ...lighter(), PATH: process.env['PATH'], PORT })).rejects.toThrow(
    `Port ${PORT} is already in use; set PORT to another one for Landfall`
  )
})

test.each([
  ['an argument', ['now']],
  ['an unknown option', ['--now']],
  ['an address that is none', ['--push-to', 'localhost']]
])('%s is an error of usage', async (_name, args) => {
  await expect(run('local', args, {})).rejects.toMatchObject({ name: 'UsageError' })
})

test('its help says what it starts and what it leaves to others', async () => {
  const { code, out } = await run('local', ['--help'], {})
  expect(code).toBe(0)
  for (const word of [
    '--push-to',
    'SPANNER_EMULATOR_HOST',
    'PUBSUB_EMULATOR_HOST',
    'compose.yaml'
  ]) {
    expect(out.join('\n')).toContain(word)
  }
})
