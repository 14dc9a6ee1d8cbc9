/** Lets in as many as a limit says that may change meanwhile. */
export interface Gate {
  /** Wait for room without taking it. */
  room(): Promise<void>
  /** Wait for room, first come first served, and take it. */
  enter(): Promise<void>
  /** Give the room back. */
  leave(): void
}

export function createGate(limit: () => number): Gate {
  let inside = 0
  const waiting: { readonly takes: number; readonly resolve: () => void }[] = []

  function admit(): void {
    while (inside < limit()) {
      const next = waiting.shift()
      if (!next) return
      inside += next.takes
      next.resolve()
    }
  }

  function wait(takes: number): Promise<void> {
    return new Promise((resolve) => {
      waiting.push({ takes, resolve })
      admit()
    })
  }

  return {
    room: () => wait(0),
    enter: () => wait(1),
    leave() {
      inside -= 1
      admit()
    }
  }
}
