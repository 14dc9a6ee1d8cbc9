import { join } from 'node:path'
import { startChild } from '../../dev/child.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import type { Delays } from '../model/serve-model.ts'

export interface ModelUsage {
  /** Commits so far. */
  readonly commits: number
  /** Processor time since the start. */
  readonly cpuMs: number
}

export interface ModelProcess {
  /** What a process needs in its environment to find the model. */
  readonly env: Readonly<Record<string, string>>
  usage(delays?: Delays): Promise<ModelUsage>
  stop(): Promise<void>
}

/** Start the model of Spanner in a process of its own, with the tables of `schemas/`. */
export async function startModel(): Promise<ModelProcess> {
  const child = startChild({
    name: 'model of Spanner',
    command: process.execPath,
    args: [join(import.meta.dirname, '../model/main.ts')],
    output: 'ignored',
    messages: true
  })
  const { host } = (await child.nextMessage()) as { readonly host: string }
  const env = {
    SPANNER_EMULATOR_HOST: host,
    SPANNER_DATABASE: 'projects/bench/instances/bench/databases/bench'
  }
  // The service does this when it starts; the other programs must have the same sessions.
  prepareEmulatorEnvironment(env)
  return {
    env,
    usage: async (delays) => (await child.ask(delays ? { delays } : {})) as ModelUsage,
    stop: () => child.stop(0)
  }
}
