import { createCommitter } from '../commit/committer.ts'
import { createIngest, type Ingest } from '../ingest.ts'
import { openStore } from '../open-store.ts'
import { readContracts } from '../read-schemas.ts'
import { type Config, parseConfig } from '../settings.ts'
import type { Store } from '../store/store.ts'
import type { Surroundings } from './command.ts'

/** What lands events, without a server in front of it. */
export interface Service {
  readonly config: Config
  readonly store: Store
  readonly ingest: Ingest
}

/**
 * Open the store of the environment and what lands events in it, do some work, and close it.
 *
 * @param poison what becomes of an event that cannot land, whatever the environment says
 * @throws {Failure} CONFIG_INVALID, SCHEMAS_INVALID, `STORE_…`
 */
export async function withService<T>(
  { env, printError }: Surroundings,
  poison: 'store' | 'reject',
  work: (service: Service) => Promise<T>
): Promise<T> {
  const config = parseConfig(env)
  const contracts = await readContracts(config.SCHEMAS_DIR)
  const store = await openStore(config, contracts.tables, env, {
    onError: (error) =>
      printError(`the Spanner client reports an error in the background: ${error}`)
  })
  const committer = createCommitter({
    store,
    poison,
    lanes: config.COMMIT_LANES,
    maxEvents: config.COMMIT_MAX_EVENTS,
    // A command bounds what it has in flight.
    queueMaxEvents: Number.POSITIVE_INFINITY,
    queueMaxBytes: Number.POSITIVE_INFINITY,
    breakerFailures: config.BREAKER_FAILURES,
    breakerCooldownMs: config.BREAKER_COOLDOWN_MS,
    now: () => performance.now(),
    // Each failure is also returned to the caller that waits for the commit.
    onCommit: () => undefined
  })
  try {
    return await work({ config, store, ingest: createIngest(contracts, committer) })
  } finally {
    await store.close()
  }
}
