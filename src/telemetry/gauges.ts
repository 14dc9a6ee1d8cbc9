import { Gauge } from 'prom-client'
import { type BreakerState, breakerStates } from '../commit/breaker.ts'
import type { Metrics } from './metrics.ts'

/** Where the gauges read their values, once for each scrape. */
export interface Gauged {
  readonly queue: () => { readonly events: number; readonly bytes: number }
  readonly quarantined: () => number
  readonly breaker: () => BreakerState
  /** Undefined before the first check. */
  readonly readiness: () =>
    | { readonly ready: boolean; readonly drift: number | undefined }
    | undefined
  /** Undefined where no secret is configured. */
  readonly secret: () => { readonly ageMs: number } | undefined
  readonly requests: () => number
}

interface GaugeRow {
  readonly name: string
  readonly help: string
  /** The current value; undefined when it is not known. */
  read(gauged: Gauged): number | undefined
}

const rows: readonly GaugeRow[] = [
  {
    name: 'landfall_requests_in_progress',
    help: 'Deliveries and reads in progress.',
    read: ({ requests }) => requests()
  },
  {
    name: 'landfall_queue_events',
    help: 'Events accepted and not yet settled.',
    read: ({ queue }) => queue().events
  },
  {
    name: 'landfall_queue_bytes',
    help: 'Bytes of the events accepted and not yet settled.',
    read: ({ queue }) => queue().bytes
  },
  {
    name: 'landfall_quarantine_events',
    help: 'Events that the store refused even alone, while they are tried or wait for it.',
    read: ({ quarantined }) => quarantined()
  },
  {
    name: 'landfall_ready',
    help: '1 when the last readiness check succeeded, else 0.',
    read({ readiness }) {
      const last = readiness()
      return last && Number(last.ready)
    }
  },
  {
    name: 'landfall_store_drift',
    help: 'Differences between the live tables and the collections at the last comparison.',
    read: ({ readiness }) => readiness()?.drift
  },
  {
    name: 'landfall_secret_age_seconds',
    help: 'Time since the API keys were last read.',
    read({ secret }) {
      const last = secret()
      return last && last.ageMs / 1000
    }
  }
]

/**
 * Add the gauges to the registry. They have no state: a value that is not known is not exported.
 *
 * @param gauged undefined where the gauges are only listed
 */
export function addGauges({ registry }: Metrics, gauged: Gauged | undefined): void {
  for (const { name, help, read } of rows) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = gauged && read(gauged)
        if (value === undefined) this.remove()
        else this.set(value)
      }
    })
  }
  addBreaker(registry, gauged)
}

function addBreaker(registry: Metrics['registry'], gauged: Gauged | undefined): void {
  new Gauge({
    name: 'landfall_breaker_state',
    help: '1 for the state of the circuit breaker: closed, open or probing.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      if (!gauged) return
      for (const state of breakerStates) {
        this.set({ state }, Number(state === gauged.breaker()))
      }
    }
  })
}
