export interface InFlight {
  /** Do work and remember it until it is over. */
  track<T>(work: Promise<T>): Promise<T>
  /** Wait until everything that was tracked is over, however it ended. */
  settled(): Promise<void>
}

/** Remember calls that are not over, so that closing a store can wait for them. */
export function createInFlight(): InFlight {
  const pending = new Set<Promise<unknown>>()
  return {
    track(work) {
      const tracked = work.finally(() => pending.delete(tracked))
      pending.add(tracked)
      return tracked
    },
    async settled() {
      await Promise.allSettled(pending)
    }
  }
}
