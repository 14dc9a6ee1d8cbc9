import { join } from 'node:path'
import type { Comparison } from './comparison.ts'
import type { Level } from './parts/concurrency.ts'
import type { Pin } from './process/cores.ts'
import type { ModelProcess } from './process/model.ts'
import { type Server, startServer } from './process/server.ts'

/** The options of every part of the bench. */
export interface BenchRun {
  readonly model: ModelProcess
  readonly pin: Pin
  /** The file that starts the service. */
  readonly entry: string
  /** NODE_OPTIONS of every server. */
  readonly nodeOptions: string
  /** The number of rounds of every comparison. */
  readonly rounds: number
  /** The duration of every measurement. */
  readonly ms: number
}

/** The results of a part. */
export interface Findings {
  readonly comparisons?: readonly Comparison[]
  readonly levels?: readonly Level[]
}

/** Lanes as in production; with an emulator the default is one. */
const lanes = process.env['COMMIT_LANES'] ?? '2'

/** The environment of every server. */
export const serverEnv = ({ model, nodeOptions }: BenchRun): Readonly<Record<string, string>> => ({
  ...model.env,
  NODE_OPTIONS: nodeOptions
})

/** Start the service with its default settings, except these. */
export function startLandfall(
  run: BenchRun,
  settings: Readonly<Record<string, string>> = {}
): Promise<Server> {
  const env = { ...serverEnv(run), COMMIT_LANES: lanes, ...settings }
  return startServer({ entry: run.entry, pin: run.pin, env })
}

/** Start one of the programs that the service is compared with. */
export function startBaseline(name: string, run: BenchRun): Promise<Server> {
  return startServer({ entry: baseline(name), pin: run.pin, env: serverEnv(run) })
}

export const baseline = (name: string): string =>
  join(import.meta.dirname, 'baselines', `${name}.ts`)
