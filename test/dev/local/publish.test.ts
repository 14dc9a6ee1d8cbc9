import { expect, test } from 'vitest'
import { findPublishTarget } from '../../../dev/local/publish-target.ts'
import { run } from '../../cli/run-command.ts'

const type = 'com.example.item.changed.v1'

test.each([
  ['no type', []],
  ['more than a type and its data', [type, '{}', '{}']],
  ['an unknown option', [type, '--cuont', '3']],
  ['a count of nothing', [type, '--count', '0']],
  ['a rate that is not a number', [type, '--rate', 'fast']],
  ['data that is not JSON', [type, '{id: 1}']],
  ['an integer that would be rounded', [type, '{"id": 12345678901234567890}']],
  ['a fraction that would be rounded', [type, '{"price": 0.1234567890123456789}']]
])('%s is a usage error', async (_name, args) => {
  await expect(run('publish', args, {})).rejects.toMatchObject({ name: 'UsageError' })
})

test('its help names every option', async () => {
  const { code, out } = await run('publish', ['--help'], {})
  expect(code).toBe(0)
  for (const option of ['--count', '--rate', '--topic', '--structured', 'PUBSUB_EMULATOR_HOST']) {
    expect(out.join('\n')).toContain(option)
  }
})

test('a type without an example needs its data', async () => {
  await expect(run('publish', ['com.example.unheard-of.v1'], {})).rejects.toThrow(
    'No contract has an example of com.example.unheard-of.v1; give its data as JSON'
  )
})

test('an emulator that does not run is named at once', async () => {
  const env = { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' }
  await expect(findPublishTarget('events', env)).rejects.toThrow(
    'Nothing listens at PUBSUB_EMULATOR_HOST=127.0.0.1:1'
  )
})
