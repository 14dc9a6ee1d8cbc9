import type { Letter, Reason } from '../store/plan.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

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
