import type { SentEvent } from './sent-event.ts'

/** Sort events by a version whose texts compare as the versions do. */
export function inOrder(
  events: readonly SentEvent[],
  versionOf: (event: SentEvent) => string
): readonly SentEvent[] {
  const versioned = events.map((event) => ({ event, version: versionOf(event) }))
  return versioned.sort((a, b) => (a.version < b.version ? -1 : 1)).map(({ event }) => event)
}

/** The time of an event in UTC: its texts compare as the times do. */
export const utc = ({ time = '' }: SentEvent): string => new Date(time).toISOString()

/** Without zeros at the end of the fraction, which always has three digits here. */
export const shownTime = (time: string): string => time.replace(/\.?0*Z$/, 'Z')
