/** A `google.protobuf.Timestamp`. */
export interface Timestamp {
  readonly seconds?: string
  readonly nanos?: number
}

export interface Clock {
  /** A time that no other commit has, later than all before it, in microseconds since 1970. */
  next(): bigint
  /** A time at which every commit so far is visible. */
  now(): bigint
}

/** Make the clock of a database. Its time is that of this machine, and never goes back. */
export function createClock(): Clock {
  let last = 0n
  const later = (least: bigint) => {
    const wall = BigInt(Date.now()) * 1000n
    return wall > least ? wall : least
  }
  return {
    next() {
      last = later(last + 1n)
      return last
    },
    now: () => later(last)
  }
}

export function toProtocol(micros: bigint): Timestamp {
  return { seconds: String(micros / 1_000_000n), nanos: Number(micros % 1_000_000n) * 1000 }
}

/** Read a timestamp or a duration of the protocol as microseconds. */
export function toMicros({ seconds = '0', nanos = 0 }: Timestamp): bigint {
  return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000))
}

/** Spell it as the value of a TIMESTAMP column. */
export function toText(micros: bigint): string {
  const whole = new Date(Number(micros / 1000n)).toISOString().slice(0, -1)
  return `${whole}${String(micros % 1000n).padStart(3, '0')}000Z`
}
