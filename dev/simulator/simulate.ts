import { type Clock, realClock } from './clock.ts'
import type { Encoded } from './envelopes.ts'
import { atRate, type Pace, withinWindow } from './pace.ts'

/** A message to push. */
export interface Pushable {
  /** Of the messages with one key, one is outstanding at a time. */
  readonly orderingKey?: string
  /** Make the request of an attempt, from 1 on. */
  encode(attempt: number): Encoded
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface SimulateOptions {
  /** Rejects when there is no answer. */
  readonly post: (encoded: Encoded) => Promise<Answer>
  /**
   * Maximum of outstanding pushes, reached by slow start; or messages per second, regardless of
   * answers.
   */
  readonly pace: { readonly concurrency: number } | { readonly rate: number }
  readonly maxAttempts: number
  /** Upper limit of the pause between two attempts; it begins at 100 ms and doubles. */
  readonly maxBackoffMs: number
  readonly onSettled?: (settled: number) => void
  readonly clock?: Clock
}

/** The result of one message. */
export interface Pushed<P extends Pushable> {
  readonly push: P
  readonly acknowledged: boolean
  /** The last answer; undefined when there was none. */
  readonly answer: Answer | undefined
  /** How the attempts failed: a status, or what went wrong with the connection. */
  readonly failures: readonly string[]
  /**
   * Milliseconds from the time when the message should first have gone out until it was settled,
   * redeliveries included. At a fixed rate a stall is part of it, also for messages that it kept
   * from going out: measured from the actual sending, they would look fast.
   */
  readonly latencyMs: number
}

export interface Simulated<P extends Pushable> {
  /** In the order of the pushes. */
  readonly pushed: readonly Pushed<P>[]
  readonly elapsedMs: number
}

/** Any other answer means a redelivery (https://cloud.google.com/pubsub/docs/push#receive_push). */
const acknowledging: readonly number[] = [102, 200, 201, 202, 204]
const firstBackoffMs = 100

/**
 * Push messages as a Pub/Sub subscription does: in order, several at once, and each again after a
 * growing pause until it is acknowledged. Resolves when all are, or have been tried `maxAttempts`
 * times. Each message has its own pauses; the subscription slows down through its window.
 */
export async function simulate<P extends Pushable>(
  pushes: readonly P[],
  options: SimulateOptions
): Promise<Simulated<P>> {
  const { pace: asked, clock = realClock, onSettled = () => undefined } = options
  const startedAt = clock.now()
  const pace = 'rate' in asked ? atRate(asked.rate, clock) : withinWindow(asked.concurrency)
  const inSequence = createSequences()
  const settling: Promise<Pushed<P>>[] = []
  let settled = 0
  for (const push of pushes) {
    const dueAt = await pace.turn()
    settling.push(
      inSequence(push.orderingKey, async () => {
        const pushed = await deliver(push, dueAt, pace, { ...options, clock })
        settled += 1
        onSettled(settled)
        return pushed
      })
    )
  }
  return { pushed: await Promise.all(settling), elapsedMs: clock.now() - startedAt }
}

async function deliver<P extends Pushable>(
  push: P,
  dueAt: number | undefined,
  pace: Pace,
  { post, maxAttempts, maxBackoffMs, clock }: SimulateOptions & { readonly clock: Clock }
): Promise<Pushed<P>> {
  const failures: string[] = []
  let since = dueAt
  for (;;) {
    await pace.enter()
    const sentAt = clock.now()
    since ??= sentAt
    const tried = await attemptPush(post, push.encode(failures.length + 1))
    const { failure, answer } = tried
    pace.leave(failure === undefined, clock.now() - sentAt)
    if (failure !== undefined) failures.push(failure)
    if (failure === undefined || failures.length >= maxAttempts) {
      const latencyMs = clock.now() - since
      return { push, acknowledged: failure === undefined, answer, failures, latencyMs }
    }
    await clock.sleep(Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures.length - 1)))
  }
}

interface Attempt {
  readonly answer: Answer | undefined
  readonly failure?: string
}

async function attemptPush(post: SimulateOptions['post'], encoded: Encoded): Promise<Attempt> {
  try {
    const answer = await post(encoded)
    if (acknowledging.includes(answer.status)) return { answer }
    return { answer, failure: String(answer.status) }
  } catch (error) {
    return { answer: undefined, failure: nameOf(error) }
  }
}

/** Such as ECONNREFUSED. */
function nameOf(error: unknown): string {
  const { code, name }: { code?: string; name?: string } = error instanceof Error ? error : {}
  return code === 'ABORT_ERR' ? 'no answer in time' : (code ?? name ?? 'no answer')
}

/** Run the work of one key sequentially, and work without a key at once. */
function createSequences() {
  const last = new Map<string, Promise<unknown>>()
  return function inSequence<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work()
    const before = last.get(key)
    const done = before ? before.then(work) : work()
    last.set(key, done)
    return done
  }
}
