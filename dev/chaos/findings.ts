/** What must be true of every run, whatever happens in it. */
export const promises = {
  settled: 'every event is acknowledged once the faults are over',
  rows: 'every acknowledged event has landed, and every row is that of its newest event',
  logs: 'every log row is there once',
  counters: 'every counter has every event once',
  deadLetters: 'the dead letters are those of poison, each with its reason',
  verdicts: 'no good event is told to be dead-lettered, and no poison to have landed',
  once: 'no event is told twice that it was applied',
  refusals: 'no answer is 4xx or 500',
  forward: 'no row goes back or vanishes, and no deleted row returns',
  whole: 'no row is torn, and what one event writes appears together',
  newest: 'the newest event of a row is never called stale',
  repeated: 'delivering everything again changes nothing',
  stopped: 'SIGTERM ends a process with exit code 0',
  alive: 'no process ends of itself, and all are ready again'
} as const

export type PromiseName = keyof typeof promises

/** Collects the violations of a run. */
export interface Findings {
  /** Record a violation: a sentence with what was expected and what was seen. */
  violated(promise: PromiseName, sentence: string): void
  of(promise: PromiseName): readonly string[]
}

export function createFindings(): Findings {
  const all = new Map<PromiseName, Set<string>>()
  return {
    violated(promise, sentence) {
      const known = all.get(promise) ?? new Set()
      all.set(promise, known.add(sentence))
    },
    of: (promise) => [...(all.get(promise) ?? [])]
  }
}
