import { join } from 'node:path'
import type { PubSub } from '@google-cloud/pubsub'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPubSubEmulator } from '../../dev/local/emulator.ts'
import { openPubSub } from '../../src/pull/open-subscription.ts'
import { greenItem, order, rowsOf, temporaryFolder } from './poison.ts'
import { run } from './run-command.ts'

let emulator: Awaited<ReturnType<typeof startPubSubEmulator>>
let client: PubSub

beforeAll(async () => {
  emulator = await startPubSubEmulator({ path: process.env['PATH'] })
  client = await openPubSub({ projectId: 'p', emulatorHost: emulator.host })
})

afterAll(async () => {
  await client.close()
  await emulator.stop()
})

let made = 0

/** A subscription that holds these events, each as a message with a CloudEvent inside. */
async function subscriptionWith(events: readonly unknown[]): Promise<string> {
  made += 1
  const [topic] = await client.createTopic(`topic-${made}`)
  const [subscription] = await topic.createSubscription(`subscription-${made}`)
  const attributes = { 'content-type': 'application/cloudevents+json' }
  await Promise.all(events.map((json) => topic.publishMessage({ json, attributes })))
  return subscription.name
}

async function openEnv() {
  const file = join(await temporaryFolder(), 'landfall.db')
  return { EMBEDDED_FILE: file, PUBSUB_EMULATOR_HOST: emulator.host }
}

describe('landfall drain', () => {
  test('lands the messages of a subscription once, and leaves it empty', async () => {
    const env = await openEnv()
    const events = [...Array.from({ length: 40 }, (_each, n) => order(n)), greenItem(1), {}]
    const name = await subscriptionWith(events)
    const { code, out } = await run('drain', [name, '--idle-seconds', '2', '--json'], env)
    expect(code).toBe(0)
    const verdicts = { applied: 41, duplicate: 0, stale: 0, ignored: 0, 'dead-lettered': 1 }
    expect(out.map((line) => JSON.parse(line))).toEqual([{ verdicts }])
    expect(await rowsOf(env, 'daily_sales')).toMatchObject([{ quantity: '80' }])
    expect(await rowsOf(env, 'dead_letters')).toMatchObject([{ subscription: name }])
    const again = await run('drain', [name, '--idle-seconds', '1'], env)
    expect(again).toMatchObject({ code: 0, out: [] })
  })

  test('takes at most the given number of messages', async () => {
    const env = await openEnv()
    const name = await subscriptionWith(Array.from({ length: 9 }, (_each, n) => order(n)))
    const short = name.split('/').at(-1) ?? ''
    const args = ['--max', '4', '--idle-seconds', '5']
    await run('drain', [short, ...args], { ...env, GOOGLE_CLOUD_PROJECT: 'p' })
    expect(await rowsOf(env, 'orders')).toHaveLength(4)
    await run('drain', [name, '--max', '5', '--idle-seconds', '20'], env)
    expect(await rowsOf(env, 'orders')).toHaveLength(9)
  })

  test('fails for a subscription that does not exist, and names it', async () => {
    const missing = 'projects/p/subscriptions/missing'
    await expect(run('drain', [missing], await openEnv())).rejects.toThrow(
      `${missing}: Subscription does not exist`
    )
  })
})
