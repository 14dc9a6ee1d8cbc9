import { inject } from 'vitest'
import { type Model, serveModel } from '../../dev/spanner-model/serve-model.ts'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What stands in for Spanner in this project: the model in dev/, or Google's emulator. */
    readonly spanner: 'model' | 'emulator'
    /** `host:port` of the Spanner emulator that every test file shares, each with its own database. */
    readonly spannerEmulatorHost: string
  }
}

export interface SpannerDatabase {
  /** `projects/P/instances/I/databases/D`. */
  readonly name: string
  open(): Promise<Store>
}

let model: Promise<Model> | undefined

/** Find what stands in for Spanner: a model of this test file's own, or the emulator of the run. */
export async function spannerHost(): Promise<string> {
  if (inject('spanner') === 'emulator') {
    prepareEmulatorEnvironment(process.env)
    return inject('spannerEmulatorHost')
  }
  Object.assign(process.env, sessionEnvironment())
  model ??= serveModel()
  return (await model).host
}

/** What the client must find in the environment: on the model, sessions are as in production. */
export function sessionEnvironment(): Readonly<Record<string, string>> {
  if (inject('spanner') === 'emulator') return {}
  const name = 'GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS'
  return { [name]: 'true', [`${name}_FOR_RW`]: 'true', [`${name}_PARTITIONED_OPS`]: 'true' }
}

/** Of its own for each test file: an instance holds no more than 100 databases. */
const instance = `t${Date.now().toString(36)}-${process.pid.toString(36)}`

let created = 0

/** Name a database that no other test file and no earlier run has, and have the client find it. */
export async function freshDatabaseName(): Promise<string> {
  process.env['SPANNER_EMULATOR_HOST'] = await spannerHost()
  created += 1
  return `projects/landfall-test/instances/${instance}/databases/test-${created}`
}

/** Create a fresh database with these tables. */
export async function createSpannerDatabase(tables: readonly Table[]): Promise<SpannerDatabase> {
  const name = await freshDatabaseName()
  await applySchema({ database: name, tables, emulator: true })
  const options = { database: name, commitTimeoutMs: 10_000, readTimeoutMs: 5000, emulator: true }
  return { name, open: () => openSpannerStore(options) }
}
