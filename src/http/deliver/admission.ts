import { Failure } from '../../failures.ts'

/** The share of the bound that one request takes while it is in progress. */
export interface Slot {
  /** Take more bytes. @throws {Failure} QUEUE_FULL when they do not fit */
  grow(bytes: number): void
  /** Return some of it. */
  shrink(bytes: number): void
  /** Return all of it; safe to call twice. */
  release(): void
}

export interface Admission {
  /** Admit a request with the bytes it declares. @throws {Failure} QUEUE_FULL */
  enter(bytes: number): Slot
  /** Requests in progress. */
  readonly requests: number
}

/** Bound the requests in progress and the bytes of their bodies, so that memory stays flat. */
export function createAdmission(maxRequests: number, maxBytes: number): Admission {
  let [requests, held] = [0, 0]

  function reserve(bytes: number): void {
    if (held + bytes > maxBytes) throw new Failure('QUEUE_FULL', 'too many bytes are in progress')
    held += bytes
  }

  return {
    get requests() {
      return requests
    },
    enter(bytes) {
      if (requests >= maxRequests) {
        throw new Failure('QUEUE_FULL', `${requests} requests are in progress`)
      }
      reserve(bytes)
      requests += 1
      let own = bytes
      let open = true
      return {
        grow(more) {
          if (!open) return
          reserve(more)
          own += more
        },
        shrink(less) {
          if (!open) return
          held -= less
          own -= less
        },
        release() {
          if (!open) return
          open = false
          requests -= 1
          held -= own
        }
      }
    }
  }
}
