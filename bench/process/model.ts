import { join } from 'node:path'
import { startChild } from '../../dev/child.ts'
import type { Delays } from '../../dev/spanner-model/serve-model.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { spannerDdl } from '../../src/store/spanner/ddl.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'

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

const program = join(import.meta.dirname, '../../dev/spanner-model/main.ts')
const database = 'projects/bench/instances/bench/databases/bench'

/** Start the model of Spanner in a process of its own, with the tables of `schemas/`. */
export async function startModel(): Promise<ModelProcess> {
  const { tables } = await readContracts('schemas')
  const child = startChild({
    name: 'model of Spanner',
    command: process.execPath,
    args: [program],
    output: 'ignored',
    messages: true
  })
  const databases = { [database]: spannerDdl(tables) }
  const told = await child.ask({ databases, delays: { commitMs: 5, readMs: 2 } })
  const { host } = told as { readonly host: string }
  const env = { SPANNER_EMULATOR_HOST: host, SPANNER_DATABASE: database }
  // The service does this when it starts; the other programs must have the same sessions.
  prepareEmulatorEnvironment(env)
  return {
    env,
    usage: async (delays) => (await child.ask(delays ? { delays } : {})) as ModelUsage,
    stop: () => child.stop(0)
  }
}
