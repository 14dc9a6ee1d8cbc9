import type { RetryPolicy } from '../../src/retries.ts'

/** Retries this often, without waiting. */
export function retryPolicy(tries: number, signal = new AbortController().signal): RetryPolicy {
  return { pausesMs: Array.from({ length: tries }, () => 0), onPause: () => undefined, signal }
}
