import { expect, inject, onTestFinished, test } from 'vitest'
import { publishEvents } from '../../../dev/local/publish-events.ts'
import { findPublishTarget } from '../../../dev/local/publish-target.ts'
import { openPubSub } from '../../../src/pull/open-subscription.ts'
import { run } from '../../cli/run-command.ts'

const type = 'com.example.item.changed.v1'
const event = { specversion: '1.0', id: '1', source: '//shop', type } as const

test.each([
  ['no type', []],
  ['more than a type and its data', [type, '{}', '{}']],
  ['an unknown option', [type, '--cuont', '3']],
  ['a count of nothing', [type, '--count', '0']],
  ['a rate that is not a number', [type, '--rate', 'fast']],
  ['data that is not JSON', [type, '{id: 1}']],
  ['an integer that would be rounded', [type, '{"id": 12345678901234567890}']],
  ['a fraction that would be rounded', [type, '{"price": 0.1234567890123456789}']]
])('%s is an error of usage', async (_name, args) => {
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

test('a topic of Google Cloud is published to only when it is named in full', async () => {
  expect(await findPublishTarget('projects/p/topics/t', {})).toEqual({
    topic: 'projects/p/topics/t',
    projectId: 'p',
    emulatorHost: undefined
  })
  const emulatorHost = inject('pubsubEmulatorHost')
  const env = { PUBSUB_EMULATOR_HOST: emulatorHost, GOOGLE_CLOUD_PROJECT: 'q' }
  for (const [topic, projectId] of [
    ['projects/p/topics/t', 'p'],
    ['t', 'q']
  ] as const) {
    expect(await findPublishTarget(topic, env)).toEqual({ topic, projectId, emulatorHost })
  }
})

test('an emulator that does not run is named at once', async () => {
  const env = { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' }
  await expect(findPublishTarget('events', env)).rejects.toThrow(
    'Nothing listens at PUBSUB_EMULATOR_HOST=127.0.0.1:1'
  )
})

async function openTopic(name: string) {
  const emulatorHost = inject('pubsubEmulatorHost')
  const pubsub = await openPubSub({ projectId: 'landfall-test', emulatorHost })
  onTestFinished(() => pubsub.close())
  return { pubsub, topic: pubsub.topic(name) }
}

test('a topic that is not there is named in one line, and nothing more is published', async () => {
  const { topic } = await openTopic('nobody-made-it')
  const numbers: number[] = []
  const make = (number: number) => {
    numbers.push(number)
    return event
  }
  const options = { count: 5000, make, rate: undefined, structured: false, onPublished() {} }
  await expect(publishEvents(topic, options)).rejects.toThrow(
    /^projects\/landfall-test\/topics\/nobody-made-it does not accept the event: 5 NOT_FOUND.*$/
  )
  expect(numbers.length).toBeLessThan(5000)
})

test('events are published at the rate that was asked for', async () => {
  const { pubsub, topic } = await openTopic(`rate-${Date.now().toString(36)}`)
  await pubsub.createTopic(topic.name)
  const madeAt: number[] = []
  const make = () => {
    madeAt.push(performance.now())
    return event
  }
  const startedAt = performance.now()
  await publishEvents(topic, { count: 5, make, rate: 20, structured: false, onPublished() {} })
  // None is early, however busy this machine is.
  expect((madeAt.at(-1) ?? 0) - startedAt).toBeGreaterThan(190)
})
