/** A CloudEvent as its publisher has it, before any envelope. */
export interface DemoEvent {
  readonly specversion: string
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time?: string
  readonly subject?: string
  /** Extension attribute of Cloud Storage events. */
  readonly bucket?: string
  /** JSON text, put into the envelope as it is: some of it is broken on purpose. */
  readonly data: string
}

/** When the next event happens: a number of its own, and a time that no other event has. */
export interface Tick {
  readonly serial: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Spell the time of a tick as RFC 3339 in UTC. */
export function timeOf({ at }: Tick): string {
  return new Date(at).toISOString()
}
