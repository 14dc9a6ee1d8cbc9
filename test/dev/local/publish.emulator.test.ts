import { expect, inject, onTestFinished, test } from 'vitest'
import { publishEvents } from '../../../dev/local/publish-events.ts'
import { findPublishTarget } from '../../../dev/local/publish-target.ts'
import { openPubSub } from '../../../src/pull/open-subscription.ts'

const event = {
  specversion: '1.0',
  id: '1',
  source: '//shop',
  type: 'com.example.item.changed.v1'
} as const

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

async function openTopic(name: string) {
  const emulatorHost = inject('pubsubEmulatorHost')
  const pubsub = await openPubSub({ projectId: 'landfall-test', emulatorHost })
  onTestFinished(() => pubsub.close())
  return { pubsub, topic: pubsub.topic(name) }
}

test('a topic that does not exist is named in one line, and no more events are published', async () => {
  const { topic } = await openTopic('never-created')
  const numbers: number[] = []
  const make = (number: number) => {
    numbers.push(number)
    return event
  }
  const options = { count: 5000, make, rate: undefined, structured: false, onPublished() {} }
  await expect(publishEvents(topic, options)).rejects.toThrow(
    /^projects\/landfall-test\/topics\/never-created does not accept the event: 5 NOT_FOUND.*$/
  )
  expect(numbers.length).toBeLessThan(5000)
})

test('events are published at the given rate', async () => {
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
