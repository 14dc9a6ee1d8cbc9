/** What became of one write of an event. */
export type WriteOutcome = 'applied' | 'duplicate' | 'stale'
