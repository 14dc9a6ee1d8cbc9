import type { PubSub, PushConfig } from '@google-cloud/pubsub'
import { unlessExists } from '../../src/store/spanner/errors.ts'

/** The topics that `createTopics` creates; each has one subscription of the same name. */
export interface Topics {
  /** Pushed as JSON that contains the message. */
  readonly wrapped: string
  /** Pushed as the message itself, its attributes as headers. */
  readonly unwrapped: string
  /**
   * Receives the messages that were refused too often. Its subscription keeps them and does not
   * push.
   */
  readonly deadLetters: string
}

export interface TopicsOptions {
  /** Of the wrapped topic; the others are named after it. */
  readonly name: string
  /** URL that receives the pushes. */
  readonly endpoint: string
}

/** The fewest that Pub/Sub allows (https://cloud.google.com/pubsub/docs/dead-letter-topics). */
const maxDeliveryAttempts = 5

/** Return the names of the topics. Pure. */
function topicsOf(name: string): Topics {
  return { wrapped: name, unwrapped: `${name}-unwrapped`, deadLetters: `${name}-dead-letters` }
}

/**
 * Create topics and subscriptions that push to an endpoint: one topic for each form of push, so that
 * a message arrives in one of them. Subscriptions that exist then push to this endpoint.
 */
export async function createTopics(pubsub: PubSub, options: TopicsOptions): Promise<Topics> {
  const topics = topicsOf(options.name)
  await unlessExists(() => pubsub.createTopic(topics.deadLetters))
  await unlessExists(() => pubsub.createSubscription(topics.deadLetters, topics.deadLetters))
  await createPush(pubsub, topics.wrapped, {}, options)
  await createPush(pubsub, topics.unwrapped, { noWrapper: { writeMetadata: true } }, options)
  return topics
}

async function createPush(
  pubsub: PubSub,
  name: string,
  form: Pick<PushConfig, 'noWrapper'>,
  { name: prefix, endpoint }: TopicsOptions
): Promise<void> {
  const pushConfig = { pushEndpoint: endpoint, ...form }
  await unlessExists(() => pubsub.createTopic(name))
  const deadLetterTopic = pubsub.topic(topicsOf(prefix).deadLetters).name
  const isNew = await unlessExists(() =>
    pubsub.createSubscription(name, name, {
      pushConfig,
      ackDeadlineSeconds: 10,
      retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 10 } },
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts }
    })
  )
  if (!isNew) await pubsub.subscription(name).modifyPushConfig(pushConfig)
}
