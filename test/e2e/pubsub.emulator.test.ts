import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { run } from '../cli/run-command.ts'
import { openPipeline, projectId } from './open-pipeline.ts'

const waitOptions = { timeout: 20_000 }
const type = 'com.example.item.changed.v1'

/** As the CloudEvents protocol binding for Pub/Sub has an item, in its two modes. */
const binary = (id: string) => ({
  data: Buffer.from(`{"id":"${id}","value":"grün"}`),
  attributes: {
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': '//shop',
    'ce-type': type,
    'ce-time': '2026-11-01T10:00:00Z',
    'content-type': 'application/json'
  }
})
const structured = (id: string) => ({
  data: Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id,
      source: '//shop',
      type,
      time: '2026-11-01T10:00:00Z',
      data: { id, value: 'grün' }
    })
  ),
  attributes: { 'content-type': 'application/cloudevents+json' }
})

test('an event lands from either form of push and in either mode of the binding', async () => {
  const { pubsub, topics, rows, settled } = await openPipeline()
  const wrapped = pubsub.topic(topics.wrapped)
  const unwrapped = pubsub.topic(topics.unwrapped)
  await Promise.all([
    wrapped.publishMessage(binary('wrapped-binary')),
    wrapped.publishMessage(structured('wrapped-structured')),
    unwrapped.publishMessage(binary('unwrapped-binary')),
    unwrapped.publishMessage(structured('unwrapped-structured'))
  ])
  await expect
    .poll(() => rows('data'), waitOptions)
    .toEqual([
      { id: 'unwrapped-binary', value: 'grün' },
      { id: 'unwrapped-structured', value: 'grün' },
      { id: 'wrapped-binary', value: 'grün' },
      { id: 'wrapped-structured', value: 'grün' }
    ])
  await expect
    .poll(() => settled().toSorted(), waitOptions)
    .toEqual([
      'cloudevents-binary applied',
      'cloudevents-structured applied',
      'pubsub-wrapped applied',
      'pubsub-wrapped applied'
    ])
})

test('a message without an event in it lands by the contract for messages', async () => {
  const { pubsub, topics, rows } = await openPipeline({ schemasDir: schemasWithMessages() })
  const message = (id: string) => ({
    data: Buffer.from(`{"id":"${id}"}`),
    attributes: { color: 'red' }
  })
  await pubsub.topic(topics.wrapped).publishMessage(message('wrapped'))
  await pubsub.topic(topics.unwrapped).publishMessage(message('unwrapped'))
  await expect
    .poll(() => rows('data'), waitOptions)
    .toEqual([
      { id: 'unwrapped', value: 'red' },
      { id: 'wrapped', value: 'red' }
    ])
})

test('a message without a contract is acknowledged as a dead letter', async () => {
  const { pubsub, topics, settled } = await openPipeline()
  await pubsub.topic(topics.wrapped).publishMessage({ data: Buffer.from('{"id":"a"}') })
  await expect.poll(settled, waitOptions).toEqual(['pubsub-wrapped dead-lettered'])
})

test.each([
  ['binary', []],
  ['structured', ['--structured']]
])('landfall publish --count 20 makes twenty rows in %s mode', async (_mode, flags) => {
  const { topics, rows } = await openPipeline()
  const env = {
    PUBSUB_EMULATOR_HOST: inject('pubsubEmulatorHost'),
    GOOGLE_CLOUD_PROJECT: projectId
  }
  const args = [type, '--count', '20', '--topic', topics.wrapped, ...flags]
  const { code, out } = await run('publish', args, env)
  expect(out).toEqual([`Published 20 of ${type} to projects/${projectId}/topics/${topics.wrapped}`])
  expect(code).toBe(0)
  await expect.poll(async () => (await rows('data')).length, waitOptions).toBe(20)
  const [first, , third] = await rows('data')
  expect(first).toEqual({ id: 'a-1', value: 'red' })
  expect(third).toEqual({ id: 'a-13', value: 'red' })
})

/** The shipped contracts, and one for messages whose color is an attribute. */
function schemasWithMessages(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-schemas-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync('schemas', folder, { recursive: true })
  const contract = {
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    payload: 'message',
    data: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', maxLength: 64 } },
      additionalProperties: false
    },
    attributes: {
      type: 'object',
      required: ['color'],
      properties: { color: { type: 'string' } }
    },
    writes: [
      {
        collection: 'items',
        operation: 'upsert',
        version: '/time',
        set: { id: '/data/id', value: '/attributes/color' }
      }
    ]
  }
  writeFileSync(join(folder, 'events', 'message.json'), JSON.stringify(contract))
  return folder
}
