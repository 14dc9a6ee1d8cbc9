import { readFileSync } from 'node:fs'
import type { Message } from '@google-cloud/pubsub'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createGrpcProxy } from '../../dev/faults/grpc-proxy.ts'
import { toPubSubMessage } from '../../dev/local/pubsub-message.ts'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { openPipeline } from './open-pipeline.ts'

const unavailable = 14
const waitOptions = { timeout: 40_000 }

/** The pipeline with a Spanner that refuses every commit while `refusing` is true. */
async function openFaultyPipeline() {
  const proxy = await createGrpcProxy(inject('spannerEmulatorHost'))
  const fault = { refusing: true }
  proxy.fault = (method) =>
    fault.refusing && method === 'Commit' ? { kind: 'fail', status: unavailable } : undefined
  const pipeline = await openPipeline({ spannerHost: proxy.host })
  onTestFinished(() => proxy.close())
  return { ...pipeline, fault }
}

function exampleOrder(): CloudEvent {
  const file = readFileSync('schemas/events/com.example.order.placed.v1.json', 'utf8')
  return JSON.parse(file).examples[0]
}

test('a push that is answered 503 is redelivered, and has its effect once', async () => {
  const { pubsub, topics, rows, settled, fault } = await openFaultyPipeline()
  const order = toPubSubMessage(exampleOrder(), false)
  await pubsub.topic(topics.wrapped).publishMessage(order)
  await pubsub.topic(topics.wrapped).publishMessage(order)
  const refusals = () => settled().filter((line) => line.endsWith('STORE_UNAVAILABLE')).length
  await expect.poll(refusals, waitOptions).toBeGreaterThanOrEqual(3)
  expect(await rows('daily-sales')).toEqual([])
  fault.refusing = false
  const landed = () =>
    settled()
      .filter((line) => /(applied|duplicate)$/.test(line))
      .toSorted()
  await expect
    .poll(landed, waitOptions)
    .toEqual(['pubsub-wrapped applied', 'pubsub-wrapped duplicate'])
  expect(await rows('daily-sales')).toMatchObject([
    { sku: 'kettle', quantity: '1', revenue: '48.5' },
    { sku: 'tea-green', quantity: '2', revenue: '15.8' }
  ])
}, 90_000)

test('a message that is refused five times goes to the dead-letter topic, with its origin', async () => {
  const { pubsub, topics } = await openFaultyPipeline()
  const sent = toPubSubMessage(exampleOrder(), false)
  const forwarded = new Promise<Message>((resolve, reject) => {
    const subscription = pubsub.subscription(topics.deadLetters)
    subscription.once('message', resolve).once('error', reject)
    onTestFinished(() => subscription.close())
  })
  await pubsub.topic(topics.wrapped).publishMessage(sent)
  const message = await forwarded
  expect(message.data).toEqual(sent.data)
  expect(message.attributes).toEqual({
    ...sent.attributes,
    CloudPubSubDeadLetterSourceDeliveryCount: '5',
    CloudPubSubDeadLetterSourceSubscription: topics.wrapped,
    CloudPubSubDeadLetterSourceSubscriptionProject: pubsub.projectId,
    CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
  })
  message.ack()
}, 90_000)
