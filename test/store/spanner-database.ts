import { inject } from 'vitest'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { openSpannerStore } from '../../src/store/spanner/open-spanner-store.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import type { Store } from '../../src/store/store.ts'
import type { Table } from '../../src/store/table.ts'

export interface SpannerDatabase {
  /** `projects/P/instances/I/databases/D`. */
  readonly name: string
  open(): Promise<Store>
}

/** Of its own for each test file: an instance holds no more than 100 databases. */
const instance = `t${Date.now().toString(36)}-${process.pid.toString(36)}`

let created = 0

/** Name a database that no other test file and no earlier run has, in the run's emulator. */
export function freshDatabaseName(): string {
  process.env['SPANNER_EMULATOR_HOST'] = inject('spannerEmulatorHost')
  prepareEmulatorEnvironment(process.env)
  created += 1
  return `projects/landfall-test/instances/${instance}/databases/test-${created}`
}

/** Create a fresh database with these tables in the emulator of the run. */
export async function createSpannerDatabase(tables: readonly Table[]): Promise<SpannerDatabase> {
  const name = freshDatabaseName()
  await applySchema({ database: name, tables, emulator: true })
  const options = { database: name, commitTimeoutMs: 10_000, readTimeoutMs: 5000, emulator: true }
  return { name, open: () => openSpannerStore(options) }
}
