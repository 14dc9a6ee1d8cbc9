import type { Outcome } from './landing.ts'

/** The span of a delivery (https://www.w3.org/TR/trace-context/). */
export interface Origin {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Ties commits to the deliveries that wait for them. */
export interface CommitTracing {
  /** The span that is running now, if any. */
  origin(): Origin | undefined
  /** Run a commit as a span that is linked to these. */
  commit(
    origins: readonly Origin[],
    work: () => Promise<readonly Outcome[]>
  ): Promise<readonly Outcome[]>
}
