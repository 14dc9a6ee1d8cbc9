import { setTimeout as sleep } from 'node:timers/promises'
import type { Topic } from '@google-cloud/pubsub'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { Complaint } from '../../src/failures.ts'
import { toPubSubMessage } from './pubsub-message.ts'

export interface PublishOptions {
  readonly count: number
  /** Make the event with this number, from 1. */
  readonly make: (number: number) => CloudEvent
  /**
   * Events per second, even if earlier ones are not published yet; undefined for as many as
   * possible.
   */
  readonly rate: number | undefined
  readonly structured: boolean
  readonly onPublished: (done: number) => unknown
}

const maxInFlight = 1000

/**
 * Publish events to a topic, and wait until Pub/Sub has them all.
 *
 * @throws {Complaint} why the topic does not accept them; some may be published
 */
export async function publishEvents(topic: Topic, options: PublishOptions): Promise<void> {
  const { count, make, rate, structured, onPublished } = options
  const inFlight = new Set<Promise<void>>()
  const startedAt = performance.now()
  let done = 0
  let failure: Error | undefined
  const publish = async (number: number) => {
    try {
      await topic.publishMessage(toPubSubMessage(make(number), structured))
      done += 1
      onPublished(done)
    } catch (error) {
      failure ??= new Complaint(`${topic.name} does not accept the event: ${messageOf(error)}`)
    }
  }
  for (let number = 1; number <= count && !failure; number += 1) {
    if (rate) await sleep(Math.max(0, startedAt + (1000 * (number - 1)) / rate - performance.now()))
    if (inFlight.size >= maxInFlight) await Promise.race(inFlight)
    const sending = publish(number).finally(() => inFlight.delete(sending))
    inFlight.add(sending)
  }
  await Promise.all(inFlight)
  if (failure) throw failure
}

/** The client appends a list of its attempts to the message. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/ : Previous errors.*/s, '')
}
