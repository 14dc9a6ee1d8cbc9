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
  /** NODE_OPTIONS of every server. */
  readonly nodeOptions: string
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
const lanes = process.env['COMMIT_LANES'] ?? '2'

/** What every server finds in its environment. */
export const serverEnv = ({ model, nodeOptions }: BenchRun): Readonly<Record<string, string>> => ({
  ...model.env,
  NODE_OPTIONS: nodeOptions
})

/** Start the service, with its own settings but for these. */
export function startLandfall(
  run: BenchRun,
  settings: Readonly<Record<string, string>> = {}
): Promise<Server> {
  const env = { ...serverEnv(run), COMMIT_LANES: lanes, ...settings }
  return startServer({ entry: run.entry, pin: run.pin, env })
}

/** Start one of the programs that it is compared with. */
export function startBaseline(name: string, run: BenchRun): Promise<Server> {
  return startServer({ entry: baseline(name), pin: run.pin, env: serverEnv(run) })
}

export const baseline = (name: string): string =>
  join(import.meta.dirname, 'baselines', `${name}.ts`)
