import type { PubSub, PushConfig } from '@google-cloud/pubsub'

/** What `createTopics` makes; each topic has one subscription of the same name. */
export interface Topics {
  /** Pushed as JSON with the message in it. */
  readonly wrapped: string
  /** Pushed as the message itself, its attributes as headers. */
  readonly unwrapped: string
  /** Where Pub/Sub puts what was refused too often. Its subscription keeps it, and pushes nothing. */
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

/** The names of the topics that are made under this name. */
export function topicsOf(name: string): Topics {
  return { wrapped: name, unwrapped: `${name}-unwrapped`, deadLetters: `${name}-dead-letters` }
}

/**
 * Create topics and subscriptions that push to an endpoint: one topic for each form of push, so that
 * a message arrives in one of them. What is there already then pushes to this endpoint.
 */
export async function createTopics(pubsub: PubSub, options: TopicsOptions): Promise<Topics> {
  const topics = topicsOf(options.name)
  await unlessThere(() => pubsub.createTopic(topics.deadLetters))
  await unlessThere(() => pubsub.createSubscription(topics.deadLetters, topics.deadLetters))
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
  await unlessThere(() => pubsub.createTopic(name))
  const deadLetterTopic = pubsub.topic(topicsOf(prefix).deadLetters).name
  const isNew = await unlessThere(() =>
    pubsub.createSubscription(name, name, {
      pushConfig,
      ackDeadlineSeconds: 10,
      retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 10 } },
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts }
    })
  )
  if (!isNew) await pubsub.subscription(name).modifyPushConfig(pushConfig)
}

const alreadyExists = 6

async function unlessThere(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create()
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== alreadyExists) throw error
    return false
  }
}
