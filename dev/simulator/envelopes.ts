/** The forms in which an event can be sent, as the report names them. */
export const eventEnvelopes = [
  'CloudEvents binary',
  'CloudEvents structured',
  'CloudEvents batch',
  'Pub/Sub wrapped, binary event',
  'Pub/Sub wrapped, structured event',
  'Pub/Sub unwrapped',
  'Eventarc fallback',
  'Eventarc messagePublished'
] as const

/** Every form, and a plain message, which contains no event. */
export const envelopes = [...eventEnvelopes, 'Pub/Sub wrapped, plain message'] as const

export type EnvelopeName = (typeof envelopes)[number]

/** The fields of a Pub/Sub message that carries an event. */
export interface Hop {
  readonly messageId: string
  readonly publishTime: string
  /** From 1 on; `deliveryAttempt`, where the form of the push has it. */
  readonly attempt: number
  readonly orderingKey?: string
}

/** One request, ready to be sent with POST. */
export interface Encoded {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
