import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run } from '../../cli/run-command.ts'
import { endOf, openFolder, waitOptions } from './local-process.ts'
import { processes } from './processes.ts'
import { folderWithSdk } from './sdk-folder.ts'

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
  await vi.waitUntil(() => alive().length >= count, waitOptions)
  running.kill('SIGINT')
  expect((await ended).code).toBe(0)
  expect(alive()).toEqual([])
})

test('a start that fails halfway leaves nothing behind', async () => {
  const { env, alive } = slowEmulators('sleep 0.5; echo no Java >&2; exit 1')
  const { code, stderr } = await endOf(openFolder().startLandfall(['local'], env))
  expect(stderr).toMatch(
    /^landfall: The Pub\/Sub emulator ended with exit code 1, saying: no Java$/m
  )
  expect(code).toBe(1)
  expect(alive()).toEqual([])
})

/** Listen at a port until the test has finished. */
async function listen(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test.each([
  [
    'nothing listens at a given host',
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
  const pubsub = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${await listen()}` }
  const given = { ...pubsub, PORT: '0', PATH: process.env['PATH'], ...env }
  await expect(run('local', [], given)).rejects.toThrow(message)
})

test('another port is not taken silently', async () => {
  const PORT = String(await listen())
  const env = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${PORT}`, PATH: process.env['PATH'], PORT }
  await expect(run('local', [], env)).rejects.toThrow(
    `Port ${PORT} is already in use; set PORT to another one for Landfall`
  )
})

test.each([
  ['an argument', ['now']],
  ['an unknown option', ['--now']],
  ['an address that is none', ['--push-to', 'localhost']]
])('%s is a usage error', async (_name, args) => {
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
