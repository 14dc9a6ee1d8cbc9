import { expect, inject, onTestFinished, test } from 'vitest'
import { startPubSubEmulator } from '../../../dev/local/emulator.ts'
import { listens } from '../../../dev/local/ports.ts'
import { createTopics } from '../../../dev/local/topics.ts'
import { openPubSub } from '../../../src/pull/open-subscription.ts'
import { stillRunning } from './processes.ts'

test('the emulator listens when it has started, and is gone when it has stopped', async () => {
  const emulator = await startPubSubEmulator({ path: process.env['PATH'] })
  expect(await listens(emulator.host)).toBe(true)
  await emulator.stop()
  expect(await listens(emulator.host)).toBe(false)
  expect(stillRunning([emulator.pid ?? 0])).toEqual([])
  await emulator.stop()
})

test('existing topics push to the new address, one wrapped and one not', async () => {
  const emulatorHost = inject('pubsubEmulatorHost')
  const pubsub = await openPubSub({ projectId: 'landfall-test', emulatorHost })
  onTestFinished(() => pubsub.close())
  const name = `again-${Date.now().toString(36)}`
  await createTopics(pubsub, { name, endpoint: 'http://127.0.0.1:1/old' })
  const topics = await createTopics(pubsub, { name, endpoint: 'http://127.0.0.1:1/new' })
  const metadata = async (subscription: string) =>
    (await pubsub.subscription(subscription).getMetadata())[0]
  expect((await metadata(topics.wrapped)).pushConfig?.noWrapper).toBeUndefined()
  const pushed = {
    ackDeadlineSeconds: 10,
    deadLetterPolicy: {
      deadLetterTopic: `projects/landfall-test/topics/${topics.deadLetters}`,
      maxDeliveryAttempts: 5
    },
    retryPolicy: { minimumBackoff: { seconds: '1' }, maximumBackoff: { seconds: '10' } }
  }
  expect(await metadata(topics.wrapped)).toMatchObject({
    ...pushed,
    pushConfig: { pushEndpoint: 'http://127.0.0.1:1/new' }
  })
  expect(await metadata(topics.unwrapped)).toMatchObject({
    ...pushed,
    pushConfig: { pushEndpoint: 'http://127.0.0.1:1/new', noWrapper: { writeMetadata: true } }
  })
  expect(await metadata(topics.deadLetters)).toMatchObject({ pushConfig: { pushEndpoint: '' } })
})
