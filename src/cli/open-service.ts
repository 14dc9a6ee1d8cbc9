import { createCommitter } from '../commit/committer.ts'
import type { Rejected } from '../commit/outcome.ts'
import type { Contracts } from '../contracts/contracts.ts'
import { createIngest, type Ingest } from '../ingest.ts'
import { openStore } from '../open-store.ts'
import { readContracts } from '../read-schemas.ts'
import { type Config, parseConfig } from '../settings.ts'
import type { Store } from '../store/store.ts'
import type { Surroundings } from './command.ts'

/** What lands events, without a server in front of it. */
export interface Service<R extends Rejected = Rejected> {
  readonly config: Config
  readonly store: Store
  readonly ingest: Ingest<R>
}

/**
 * Open the store of the environment and what lands events in it, do some work, and close it. An
 * event that cannot land becomes a dead letter, whatever the environment says.
 *
 * @throws {Failure} CONFIG_INVALID, SCHEMAS_INVALID, `STORE_…`
 */
export async function withService<T>(
  around: Surroundings,
  work: (service: Service<never>) => Promise<T>
): Promise<T> {
  return withStore(around, ({ config, contracts, store }) => {
    const committer = createCommitter({ ...optionsOf(config, store), poison: 'store' })
    return work({ config, store, ingest: createIngest(contracts, committer) })
  })
}

/** As `withService`, but an event that cannot land is only reported: it is a dead letter already. */
export async function withRejectingService<T>(
  around: Surroundings,
  work: (service: Service) => Promise<T>
): Promise<T> {
  return withStore(around, ({ config, contracts, store }) => {
    const committer = createCommitter({ ...optionsOf(config, store), poison: 'reject' })
    return work({ config, store, ingest: createIngest(contracts, committer) })
  })
}

interface Opened {
  readonly config: Config
  readonly contracts: Contracts
  readonly store: Store
}

async function withStore<T>(
  { env, printError }: Surroundings,
  work: (opened: Opened) => Promise<T>
): Promise<T> {
  const config = parseConfig(env)
  const contracts = await readContracts(config.SCHEMAS_DIR)
  const store = await openStore(config, contracts.tables, env, {
    onError: (error) =>
      printError(`the Spanner client reports an error in the background: ${error}`)
  })
  try {
    return await work({ config, contracts, store })
  } finally {
    await store.close()
  }
}

const optionsOf = (config: Config, store: Store) => ({
  store,
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
