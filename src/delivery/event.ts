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

/** One request that carries events, without its transport and without credentials. */
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

/** A CloudEvent as it was read. */
export interface DecodedEvent {
  readonly event: CloudEvent
  /** JSON Pointers of numbers in the event whose text a double cannot hold exactly. */
  readonly inexact: ReadonlySet<string>
}

/** What an event says about itself, checked or not, by attribute name. */
export type Claims = Readonly<Record<string, Json | undefined>>

/** What identifies an event, as far as it is known and valid. */
export interface Identity {
  readonly source?: string
  readonly eventId?: string
  readonly type?: string
}
