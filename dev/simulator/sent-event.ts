/** A CloudEvent as its publisher has it, before any envelope. */
export interface SentEvent {
  readonly specversion: string
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time?: string
  readonly subject?: string
  /** Extension attribute of Cloud Storage events. */
  readonly bucket?: string
  /** JSON text, put into the envelope unchanged: some of it is broken on purpose. */
  readonly data: string
}

/** The number and the time of the next event; no other event has them. */
export interface Tick {
  /** Begins the keys and ids of a run, so that several can be in one database. */
  readonly run: string
  readonly serial: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Return the time of a tick as RFC 3339 in UTC. */
export function timeOf({ at }: Pick<Tick, 'at'>): string {
  return new Date(at).toISOString()
}
