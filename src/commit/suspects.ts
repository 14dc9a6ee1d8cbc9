/** What is known of an event that failed alone. */
export interface Suspicion {
  /** What the store said each time in a trial that proved the event to be at fault. */
  readonly proven?: string
}

export interface Suspects {
  get(eventKey: string): Suspicion | undefined
  /** Remember an event; the one that was remembered longest ago makes room. */
  remember(eventKey: string, suspicion: Suspicion): void
  forget(eventKey: string): void
}

/** Remember events that failed alone, so that they disturb no batch when they are sent again. */
export function createSuspects(max: number): Suspects {
  const known = new Map<string, Suspicion>()
  return {
    get: (eventKey) => known.get(eventKey),
    remember(eventKey, suspicion) {
      known.delete(eventKey)
      known.set(eventKey, suspicion)
      const [oldest] = known.keys()
      if (known.size > max && oldest !== undefined) known.delete(oldest)
    },
    forget: (eventKey) => void known.delete(eventKey)
  }
}
