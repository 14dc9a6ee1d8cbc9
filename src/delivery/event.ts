import { type Failure, isFailure } from '../failures.ts'
import type { Letter, Reason } from '../plan.ts'
import type { Json } from '../values/json.ts'

/**
 * A CloudEvent in its JSON form (CloudEvents 1.0 JSON format): context attributes and extensions
 * as members, then `data` or `data_base64`. Nothing in it was invented here.
 */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time?: string
  readonly subject?: string
  readonly datacontenttype?: string
  readonly dataschema?: string
  readonly data?: Json
  readonly data_base64?: string
  readonly [extension: string]: Json | undefined
}

/** One HTTP request that carries events, without its transport. */
export interface Delivery {
  /** Values by lower-case header name, one entry per header line. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
}

/** The forms in which events arrive. */
export type Envelope =
  | 'cloudevents-binary'
  | 'cloudevents-structured'
  | 'cloudevents-batch'
  | 'pubsub-wrapped'
  | 'pubsub-unwrapped'
  | 'unknown'

/** One event of a delivery: the event, or the reason why there is none. */
export interface Arrival {
  readonly envelope: Envelope
  readonly letter: Letter
  /** RFC 3339, as Pub/Sub wrote it. */
  readonly publishTime?: string
  readonly orderingKey?: string
  readonly content:
    | {
        readonly event: CloudEvent
        /** JSON Pointers of numbers in the event whose text a double cannot hold exactly. */
        readonly inexact: ReadonlySet<string>
      }
    | { readonly reason: Reason }
}

/** What an event says of itself, checked or not, by attribute name. */
export type Claims = Readonly<Record<string, Json | undefined>>

export type Content = Arrival['content']

/** One event as read: its content, and its claims, by which a refused event is still known. */
export interface Reading {
  readonly claims: Claims
  readonly content: Content
}

/** Run a reader; what it refuses becomes the reason. Anything else it throws is a bug, and goes on. */
export function settle(read: () => Content): Content {
  try {
    return read()
  } catch (error) {
    if (!isFailure(error, 'dead-letter')) throw error
    return refusal(error)
  }
}

/** Turn a refusal into the content that takes the place of an event. */
export function refusal({ code, message }: Failure): Content {
  return { reason: { code, detail: message } }
}
