import { describe, expect, test } from 'vitest'
import { readContracts } from '../../src/read-schemas.ts'
import { openApp } from '../http/open-app.ts'
import { at, listAt, named, numberAt, ofKind, own, readManifests, textAt } from './manifests.ts'
import { region, runHost } from './names.ts'

const service = named(readManifests('service.yaml'), 'Service', 'landfall')
const eventarc = readManifests('eventarc.yaml')
const subscriptions = ofKind(eventarc, 'PubSubSubscription')
const triggers = ofKind(eventarc, 'EventarcTrigger')
const pushes = subscriptions.filter(({ doc }) => at(doc, 'spec.pushConfig') !== undefined)

const serviceUrl = `https://${runHost}`

/** Report whether the service has this route for pushes. */
async function takesPushes(path: string): Promise<boolean> {
  const { app } = await openApp()
  const { statusCode } = await app.inject({ method: 'POST', url: path, payload: '{}' })
  return statusCode === 200
}

describe.each(pushes)('the push subscription $name', ({ name, doc }) => {
  test('pushes to the service from inside, with a token for it', async () => {
    const { origin, pathname } = new URL(textAt(doc, 'spec.pushConfig.pushEndpoint'))
    expect(origin).toBe(serviceUrl)
    expect(await takesPushes(pathname)).toBe(true)
    expect(at(doc, 'spec.pushConfig.oidcToken.audience')).toBe(serviceUrl)
  })

  test('waits longer for an answer than the service takes', () => {
    expect(numberAt(doc, 'spec.ackDeadlineSeconds')).toBeGreaterThan(
      numberAt(service, 'spec.template.spec.timeoutSeconds')
    )
  })

  test('has an id for every message: wrapped, or with the metadata as headers', () => {
    expect([undefined, true]).toContain(at(doc, 'spec.pushConfig.noWrapper.writeMetadata'))
  })

  test('retries for more than half a day before it gives up a message', () => {
    const attempts = numberAt(doc, 'spec.deadLetterPolicy.maxDeliveryAttempts')
    const longest = seconds(textAt(doc, 'spec.retryPolicy.maximumBackoff'))
    let delay = seconds(textAt(doc, 'spec.retryPolicy.minimumBackoff'))
    let waited = 0
    for (let attempt = 1; attempt < attempts; attempt += 1) {
      waited += delay
      delay = Math.min(delay * 2, longest)
    }
    // The figure of the comment in eventarc.yaml.
    expect((waited / 3600).toFixed(1)).toBe('15.7')
    expect(seconds(textAt(doc, 'spec.messageRetentionDuration'))).toBeGreaterThan(waited)
  })

  test('forwards it to a topic whose subscription keeps it for 31 days', () => {
    const topic = textAt(doc, 'spec.deadLetterPolicy.deadLetterTopicRef.name')
    const keeping = subscriptions.filter((one) => at(one.doc, 'spec.topicRef.name') === topic)
    expect(keeping.map((one) => at(one.doc, 'spec.pushConfig'))).toEqual([undefined])
    expect(seconds(textAt(keeping[0]?.doc, 'spec.messageRetentionDuration')) / 86_400).toBe(31)
  })

  test('lets the service agent of Pub/Sub move it there', () => {
    const topic = textAt(doc, 'spec.deadLetterPolicy.deadLetterTopicRef.name')
    expect(grantsOfAgent()).toContain(`roles/pubsub.publisher PubSubTopic ${topic}`)
    expect(grantsOfAgent()).toContain(`roles/pubsub.subscriber PubSubSubscription ${name}`)
  })
})

describe('the subscriptions', () => {
  test('push both forms', () => {
    const forms = pushes.map(({ doc }) => at(doc, 'spec.pushConfig.noWrapper') === undefined)
    expect(forms).toEqual([true, false])
  })

  test('never expire', () => {
    expect(subscriptions.map(({ doc }) => at(doc, 'spec.expirationPolicy.ttl'))).toEqual([
      '',
      '',
      ''
    ])
  })
})

describe.each(triggers)('the trigger $name', ({ doc }) => {
  const type = typeOf(doc)

  test('sends to the service, to a route that takes its events', async () => {
    const to = at(doc, 'spec.destination.cloudRunService')
    expect(at(to, 'serviceRef.external')).toBe(at(service, 'metadata.name'))
    expect([own(to, 'region'), at(doc, 'spec.location')]).toEqual([region, region])
    expect(await takesPushes(textAt(to, 'path'))).toBe(true)
  })

  test('sends only types with a contract', async () => {
    const { eventTypes } = await readContracts('schemas')
    // A message of Pub/Sub has an event of any type inside.
    const inside = type === 'google.cloud.pubsub.topic.v1.messagePublished'
    expect(inside || eventTypes.includes(type)).toBe(true)
  })
})

describe('the triggers', () => {
  test('are of the three kinds that Eventarc has', () => {
    const providers = triggers.map(({ doc }) => typeOf(doc).split('.')[2])
    expect([...new Set(providers)].sort()).toEqual(['audit', 'pubsub', 'storage'])
  })

  test('have no topic that a subscription pushes as well', () => {
    const pushed = pushes.map(({ doc }) => at(doc, 'spec.topicRef.name'))
    const transported = triggers.map(({ doc }) => at(doc, 'spec.transport.pubsub.topicRef.name'))
    expect(pushed.filter((topic) => transported.includes(topic))).toEqual([])
  })

  test('watch the bucket that is declared', () => {
    const filters = triggers.flatMap(({ doc }) => listAt(doc, 'spec.matchingCriteria'))
    const buckets = filters.filter((one) => own(one, 'attribute') === 'bucket')
    const [bucket] = ofKind(eventarc, 'StorageBucket')
    expect(buckets.map((one) => own(one, 'value'))).toEqual(Array(3).fill(bucket?.name))
    expect(at(bucket?.doc, 'spec.location')).toBe(region)
  })
})

function typeOf(trigger: unknown): string {
  const [first] = listAt(trigger, 'spec.matchingCriteria')
  return textAt(first, 'value')
}

function grantsOfAgent(): readonly string[] {
  return ofKind(eventarc, 'IAMPolicyMember')
    .filter(({ doc }) => /@gcp-sa-pubsub\./.test(String(at(doc, 'spec.member'))))
    .map(({ doc }) =>
      ['spec.role', 'spec.resourceRef.kind', 'spec.resourceRef.name']
        .map((path) => at(doc, path))
        .join(' ')
    )
}

function seconds(duration: string): number {
  return Number(/^(\d+)s$/.exec(duration)?.[1])
}
