import { Failure } from '../../failures.ts'

/** What one request holds of the bound while it is in progress. */
export interface Slot {
  /** Take more bytes. @throws {Failure} QUEUE_FULL when they do not fit */
  grow(bytes: number): void
  /** Give some of it back. */
  shrink(bytes: number): void
  /** Give everything back; safe to call twice. */
  release(): void
}

export interface Admission {
  /** Let a request in with the bytes it declares. @throws {Failure} QUEUE_FULL */
  enter(bytes: number): Slot
  /** Requests that are in. */
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
