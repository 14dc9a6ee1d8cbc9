import { join } from 'node:path'
import type { Comparison } from './comparison.ts'
import type { Level } from './parts/concurrency.ts'
import type { Pin } from './process/cores.ts'
import type { ModelProcess } from './process/model.ts'
import { type Server, startServer } from './process/server.ts'

/** What every part of the bench is given. */
export interface BenchRun {
  readonly model: ModelProcess
  readonly pin: Pin
  /** File that starts the service. */
  readonly entry: string
  /** Every comparison is made in so many rounds. */
  readonly rounds: number
  /** Every measurement takes so long. */
  readonly ms: number
}

/** What a part has found out. */
export interface Findings {
  readonly comparisons?: readonly Comparison[]
  readonly levels?: readonly Level[]
}

/** Lanes of a service in production; with an emulator it would take one. */
const lanes = process.env['COMMIT_LANES'] ?? '4'

/** Start the service, with its own settings but for these. */
export function startLandfall(
  { entry, model, pin }: BenchRun,
  settings: Readonly<Record<string, string>> = {}
): Promise<Server> {
  return startServer({ entry, pin, env: { ...model.env, COMMIT_LANES: lanes, ...settings } })
}

/** Start one of the programs that it is compared with. */
export function startBaseline(name: string, { model, pin }: BenchRun): Promise<Server> {
  return startServer({ entry: baseline(name), pin, env: model.env })
}

export const baseline = (name: string): string =>
  join(import.meta.dirname, 'baselines', `${name}.ts`)
