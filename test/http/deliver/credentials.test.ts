import Fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decode } from '../../../src/delivery/decode.ts'
import type { Delivery } from '../../../src/delivery/event.ts'
import { createAdmission } from '../../../src/http/deliver/admission.ts'
import { deliveryRoutes } from '../../../src/http/deliver/routes.ts'
import type { Ingest } from '../../../src/ingest.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { eventOf } from '../../delivery/deliveries.ts'
import { changed, openApp } from '../open-app.ts'

const credentials = {
  authorization: 'Bearer sesame',
  'X-Serverless-Authorization': 'Bearer sesame',
  'proxy-authorization': 'Basic sesame',
  'x-goog-iap-jwt-assertion': 'sesame',
  'X-API-Key': 'sesame',
  cookie: 'session=sesame'
}

/** The delivery routes alone, which append every delivery to this list. */
async function openRoutes() {
  const deliveries: Delivery[] = []
  const take = async (delivery: Delivery) => {
    deliveries.push(delivery)
    return []
  }
  const ingest: Ingest = { land: take, dryRun: take }
  const seen: unknown[] = []
  const app = Fastify()
  app.removeAllContentTypeParsers()
  await app.register(deliveryRoutes, {
    ingest,
    pushAuth: { authenticate: async ({ authorization }) => void seen.push(authorization) },
    admission: createAdmission(10, 1000),
    metrics: createMetrics(),
    eventTypes: [],
    timeoutMs: 1000
  })
  onTestFinished(() => app.close())
  return { app, deliveries, seen }
}

describe('a credential', () => {
  test.each(['/events', '/', '/events?dryRun=true'])(
    'of a request to %s authenticates it, and goes no further',
    async (url) => {
      const { app, deliveries, seen } = await openRoutes()
      const headers = { ...credentials, 'content-type': 'application/json', tag: 'a' }
      await app.inject({ method: 'POST', url, headers, payload: '{}' })
      expect(seen).toEqual([['Bearer sesame']])
      expect(deliveries[0]?.headers).toMatchObject({
        'content-type': ['application/json'],
        tag: ['a']
      })
      expect(JSON.stringify(deliveries)).not.toContain('sesame')
    }
  )

  test('is not stored with a dead letter', async () => {
    const written: unknown[] = []
    const { app } = await openApp({}, (store) => ({
      ...store,
      commit: (guards, decide) =>
        store.commit(guards, (current) => {
          const decision = decide(current)
          written.push(...decision.mutations.map(({ row }) => row))
          return decision
        })
    }))
    const headers = { ...credentials, 'content-type': 'application/cloudevents+json', tag: 'a' }
    const payload = changed('1', 'never', { id: 'a' })
    const answer = await app.inject({ method: 'POST', url: '/events', headers, payload })
    expect(answer.json()).toMatchObject({ verdict: 'dead-lettered' })
    expect(written).toMatchObject([{ headers: expect.stringContaining('"tag":["a"]') }])
    expect(JSON.stringify(written)).not.toContain('sesame')
  })

  test('does not become an attribute of an unwrapped message', async () => {
    const { app, deliveries } = await openRoutes()
    const message = {
      'x-goog-pubsub-message-id': '77',
      'x-goog-pubsub-subscription-name': 'projects/p/subscriptions/s',
      tenant: 't'
    }
    const headers = { ...credentials, ...message }
    await app.inject({ method: 'POST', url: '/events', headers, payload: 'x' })
    const [event] = deliveries.flatMap(decode).map(eventOf)
    expect(event?.data).toHaveProperty('message.attributes', { tenant: 't' })
  })
})
