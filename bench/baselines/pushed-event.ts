import type { Item } from './bare-spanner.ts'

/** The content of a push here: a CloudEvent in the JSON format, in a Pub/Sub message. */
export interface PushedEvent {
  readonly id: string
  readonly time: string
  readonly data: Item
}

/** Read the event from the `data` of a Pub/Sub message. */
export function pushedEvent(data: string): PushedEvent {
  return JSON.parse(Buffer.from(data, 'base64').toString())
}
