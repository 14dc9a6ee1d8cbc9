import { Failure } from './failures.ts'
import type { Mismatch, Store } from './store/store.ts'
import type { Table } from './store/table.ts'

export interface ReadinessReport {
  /** Why the service is not ready; absent when it is. */
  readonly failure?: Failure
  readonly mismatches: readonly Mismatch[]
}

export interface Readiness {
  /** Compare the live tables with the collections; one comparison serves all callers for 5 s. */
  check(): Promise<ReadinessReport>
  /**
   * Report how a commit went. After a failure the service is not ready for 30 s, or until a commit
   * succeeds. Contention does not count: it is normal under load.
   */
  committed(failure: Failure | undefined): void
  /** The last result, without a new check; undefined before the first one. */
  last(): { readonly ready: boolean; readonly drift: number | undefined } | undefined
}

const comparedForMs = 5000
const failedForMs = 30_000

/**
 * Decide whether this instance can land events.
 *
 * @param now a clock that never goes back, in milliseconds
 * @param onChange called when the result changes, and when the first one is a failure
 */
export function createReadiness(
  store: Store,
  tables: readonly Table[],
  now: () => number,
  onChange: (report: ReadinessReport) => void = () => undefined
): Readiness {
  let comparison: { readonly at: number; readonly report: Promise<ReadinessReport> } | undefined
  let ready: boolean | undefined
  let drift: number | undefined
  let failed: { readonly at: number; readonly failure: Failure } | undefined

  async function compareTables(): Promise<ReadinessReport> {
    try {
      const mismatches = await store.verify(tables)
      drift = mismatches.length
      if (mismatches.length === 0) return { mismatches }
      const message = mismatches.map((mismatch) => mismatch.message).join('; ')
      return { failure: new Failure('SCHEMA_DRIFT', message), mismatches }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return { failure: error, mismatches: [] }
    }
  }

  async function currentReport(): Promise<ReadinessReport> {
    if (failed && now() - failed.at < failedForMs) {
      return { failure: failed.failure, mismatches: [] }
    }
    if (!comparison || now() - comparison.at >= comparedForMs) {
      comparison = { at: now(), report: compareTables() }
    }
    return comparison.report
  }

  return {
    async check() {
      const report = await currentReport()
      const before = ready ?? true
      ready = report.failure === undefined
      if (ready !== before) onChange(report)
      return report
    },
    last: () => (ready === undefined ? undefined : { ready, drift }),
    committed(failure) {
      if (!failure) failed = undefined
      else if (failure.code !== 'STORE_CONTENDED') failed = { at: now(), failure }
    }
  }
}
