import { Gauge } from 'prom-client'
import { type BreakerState, breakerStates } from '../commit/breaker.ts'
import type { Metrics } from './metrics.ts'

/** What the gauges look at, each time somebody asks for them. */
export interface Gauged {
  readonly queue: () => { readonly events: number; readonly bytes: number }
  readonly breaker: () => BreakerState
  /** Undefined before the first check. */
  readonly readiness: () =>
    | { readonly ready: boolean; readonly drift: number | undefined }
    | undefined
  /** Undefined where there is no secret. */
  readonly secret: () => { readonly ageMs: number } | undefined
  readonly requests: () => number
}

/** Add the gauges. They hold nothing: a value that is not known is not exported. */
export function addGauges({ registry }: Metrics, gauged: Gauged): void {
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read()
        if (value === undefined) this.remove()
        else this.set(value)
      }
    })
  gauge('landfall_requests_in_progress', 'Deliveries and reads in progress.', gauged.requests)
  gauge(
    'landfall_queue_events',
    'Events accepted and not yet settled.',
    () => gauged.queue().events
  )
  gauge('landfall_queue_bytes', 'Bytes of those events.', () => gauged.queue().bytes)
  gauge('landfall_ready', '1 when the last check of readiness said ready, else 0.', () => {
    const last = gauged.readiness()
    return last && Number(last.ready)
  })
  gauge(
    'landfall_store_drift',
    'Differences between live tables and collections, when they were last compared.',
    () => gauged.readiness()?.drift
  )
  gauge('landfall_secret_age_seconds', 'Since the API keys were last read.', () => {
    const secret = gauged.secret()
    return secret && secret.ageMs / 1000
  })
  addBreaker(registry, gauged.breaker)
}

function addBreaker(registry: Metrics['registry'], state: Gauged['breaker']): void {
  new Gauge({
    name: 'landfall_breaker_state',
    help: '1 for the state that the breaker is in: closed, open or probing.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const each of breakerStates) {
        this.set({ state: each }, Number(each === state()))
      }
    }
  })
}
